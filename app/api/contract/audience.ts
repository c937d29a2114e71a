import { type Static, Type } from "typebox";
import { IncidentRow } from "./incident.ts";
import { Cell, Count, Mark, NextSend, nullable, Point, Time } from "./parts.ts";
import { Score } from "./score.ts";

/** GET /api/v1/audiences */
export const AudienceList = Type.Object({
  audiences: Type.Array(
    Type.Object({
      id: Type.String(),
      title: Type.String(),
      purpose: Type.String(),
      owner: Type.String(),
      ownerTitle: Type.String(),
      mark: Mark,
      ownerSize: Count,
      missing: Count,
      extra: Count,
      openIncidents: Type.Integer(),
      asOf: nullable(Time),
      cells: Type.Array(Cell),
    }),
  ),
  systems: Type.Array(Type.Object({ id: Type.String(), title: Type.String() })),
});
export type AudienceList = Static<typeof AudienceList>;

export const FieldState = Type.Object({
  system: Type.String(),
  held: Type.Boolean(),
  members: Count,
  valid: Count,
  empty: Count,
  invalid: Count,
  placeholder: Count,
  differ: Count,
});

export const Rule = Type.Object({
  /** The vendor's name of the segment. */
  name: Type.String(),
  /** Newest first, at most five; `diff` is against the wording before, empty for the first one known. */
  versions: Type.Array(
    Type.Object({
      version: Type.Integer(),
      definition: Type.String(),
      /** First and last read that told this wording. */
      firstSeen: Time,
      lastSeen: Time,
      /** When the vendor says that it was changed; null: it does not. */
      changedAt: nullable(Time),
      diff: Type.Array(
        Type.Object({
          kind: Type.Union([Type.Literal("same"), Type.Literal("removed"), Type.Literal("added")]),
          text: Type.String(),
        }),
      ),
    }),
  ),
});
export type Rule = Static<typeof Rule>;

/** Messages, not people, over half-open [since, until). A vendor's own complaint count is a lower bound. */
export const Delivery = Type.Object({
  since: Time,
  until: Time,
  sent: Count,
  delivered: Count,
  bounced: Count,
  complained: Count,
  unsubscribed: Count,
});

/** GET /api/v1/audiences/:id?days=28 */
export const AudienceDetail = Type.Object({
  id: Type.String(),
  title: Type.String(),
  purpose: Type.String(),
  owner: Type.String(),
  identity: Type.String(),
  latencyBudgetHours: Type.Number(),
  cadence: Type.String(),
  reason: nullable(Type.String()),
  verdict: Type.Array(Type.Object({ text: Type.String(), strong: Type.Boolean() })),
  nextSend: NextSend,
  score: Score,
  systems: Type.Array(
    Type.Object({
      id: Type.String(),
      title: Type.String(),
      cell: Cell,
      line: Type.Array(Point),
      /** Learning until this many readings were made; null: band exists. */
      learning: nullable(Type.Object({ seen: Type.Integer(), needed: Type.Integer() })),
      changes: Type.Array(Type.Object({ at: Time, text: Type.String() })),
      matchRate: Type.Object({
        matched: Count,
        base: Count,
        /** Of the owner's records for this copy, unusable ones included, those who exist anywhere in the system. */
        ofSource: nullable(Type.Object({ matched: Type.Integer(), of: Type.Integer() })),
        /** Of what was accepted there; more than all of it means that one identifier leads to several people. */
        ofAccepted: nullable(
          Type.Object({
            matched: Type.Integer(),
            of: Type.Integer(),
            quality: Type.String(),
            settled: Type.Boolean(),
          }),
        ),
      }),
      records: Count,
      duplicates: Count,
      invalid: Count,
      entries: Count,
      exits: Count,
      capabilities: Type.Object({ read: Type.String(), write: Type.String() }),
      definition: Type.String(),
      /** The rule behind the copy, as the system tells it; null: it tells none. */
      rule: nullable(Rule),
      /** Counts of mail to this copy; null: not told. */
      delivery: nullable(Delivery),
    }),
  ),
  /** Campaigns of the systems that go to this audience, or leave it out; soonest first. */
  campaigns: Type.Array(
    Type.Object({
      system: Type.String(),
      systemTitle: Type.String(),
      name: Type.String(),
      state: Type.String(),
      at: nullable(Time),
      role: Type.Union([Type.Literal("included"), Type.Literal("left_out")]),
    }),
  ),
  /** Presence masks of the last comparison, biggest first; `in` are system ids. */
  overlap: Type.Array(Type.Object({ in: Type.Array(Type.String()), people: Type.Integer() })),
  overlapBecause: nullable(Type.String()),
  fields: Type.Array(
    Type.Object({ attribute: Type.String(), title: Type.String(), states: Type.Array(FieldState) }),
  ),
  /** People who came back most often; pseudonyms, oldest bit first, "1" present, "0" absent. */
  flips: Type.Array(
    Type.Object({ system: Type.String(), name: Type.String(), bits: Type.String(), returns: Type.Integer() }),
  ),
  flippingPeople: Type.Integer(),
  /** Copies with people who flip: flips a week, and what history had been with one rule deciding; null: can't tell. */
  replays: Type.Array(
    Type.Object({
      system: Type.String(),
      people: Type.Integer(),
      reads: Type.Integer(),
      flipsAWeek: Type.Integer(),
      rule: nullable(
        Type.Object({
          name: Type.Union([Type.Literal("owner_wins"), Type.Literal("first_writer")]),
          flipsAWeek: Type.Integer(),
          differs: Type.Integer(),
        }),
      ),
    }),
  ),
  incidents: Type.Array(IncidentRow),
});
export type AudienceDetail = Static<typeof AudienceDetail>;
