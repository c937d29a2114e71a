import { type Static, Type } from "typebox";
import { Count, nullable, Time } from "./parts.ts";

const Op = Type.Union([
  Type.Literal("suppress"),
  Type.Literal("remove"),
  Type.Literal("add"),
  Type.Literal("set"),
]);
export const PlanRow = Type.Object({
  id: Type.Integer(),
  state: Type.String(),
  audience: Type.String(),
  audienceTitle: Type.String(),
  incidentId: nullable(Type.Integer()),
  undoes: nullable(Type.Integer()),
  author: Type.String(),
  createdAt: Time,
  expiresAt: Time,
  changes: Type.Integer(),
  ops: Type.Object({
    suppress: Type.Integer(),
    remove: Type.Integer(),
    add: Type.Integer(),
    set: Type.Integer(),
  }),
  systems: Type.Array(Type.String()),
  need: Type.Union([Type.Literal("author"), Type.Literal("second_person"), Type.Literal("refused")]),
  because: nullable(Type.String()),
  endedAt: nullable(Time),
  /** Its author suppressed people alone, and nobody has looked since. */
  toReview: Type.Optional(Type.Boolean()),
});
export type PlanRow = Static<typeof PlanRow>;
export const PlanList = Type.Object({ plans: Type.Array(PlanRow) });
export type PlanList = Static<typeof PlanList>;

/** GET /api/v1/plans/:id; polled each second while applying. */
export const PlanDetail = Type.Object({
  plan: PlanRow,
  hash: Type.String(),
  basedOn: Type.Array(
    Type.Object({ system: Type.String(), title: Type.String(), asOf: Time, size: Type.Integer() }),
  ),
  groups: Type.Array(
    Type.Object({
      system: Type.String(),
      systemTitle: Type.String(),
      audienceTitle: Type.String(),
      sizeNow: Count,
      sizeAfter: Count,
      verbs: Type.Array(
        Type.Object({
          op: Op,
          attribute: nullable(Type.String()),
          count: Type.Integer(),
          rule: Type.String(),
          /** "One-way here; not undone by Plumbline" */
          undo: Type.String(),
          /** At most 20. */
          sample: Type.Array(
            Type.Object({
              masked: Type.String(),
              from: Type.String(),
              to: Type.String(),
              why: Type.String(),
              /** The vendor's version of the record when it was read: a time or a tag; null: it has none. */
              version: nullable(Type.String()),
            }),
          ),
        }),
      ),
      /** At most 20 of each reason are named, masked. */
      leftOut: Type.Array(
        Type.Object({
          reason: Type.String(),
          count: Type.Integer(),
          sample: Type.Array(Type.String()),
        }),
      ),
      automations: nullable(Type.Array(Type.String())),
      /** What else the adds may set off; null: none are added, or it was not asked when the plan was drafted. */
      forecast: nullable(
        Type.Array(
          Type.Object({
            what: Type.Union([Type.Literal("mails"), Type.Literal("contacts"), Type.Literal("hooks")]),
            verdict: Type.Union([Type.Literal("none"), Type.Literal("some"), Type.Literal("cant_tell")]),
            count: nullable(Type.Integer()),
            text: Type.String(),
          }),
        ),
      ),
    }),
  ),
  safeguards: Type.Array(
    Type.Object({
      guard: Type.String(),
      verdict: Type.Union([Type.Literal("pass"), Type.Literal("needs"), Type.Literal("fail")]),
      title: Type.String(),
      because: Type.String(),
    }),
  ),
  place: Type.Object({ where: Type.String(), because: Type.String() }),
  approvals: Type.Array(
    Type.Object({
      person: Type.String(),
      at: Time,
      /** "at most 312 removals in Ghost"; null: not kept. */
      covers: nullable(Type.String()),
    }),
  ),
  /** What an approval covers: "at most 312 removals in Ghost". */
  approves: Type.String(),
  /** An admin let it through although its size refuses it. */
  override: nullable(Type.Object({ by: Type.String(), at: Time, reason: Type.String() })),
  /** Suppressions that the author carried out alone are looked at afterwards; null: nothing to look at. */
  review: nullable(
    Type.Object({
      suppressed: Type.Integer(),
      by: nullable(Type.String()),
      at: nullable(Time),
      can: Type.Boolean(),
      because: nullable(Type.String()),
    }),
  ),
  /** What this person can do now, with the reason when not. */
  can: Type.Object({
    approve: Type.Boolean(),
    apply: Type.Boolean(),
    stop: Type.Boolean(),
    undo: Type.Boolean(),
    redraft: Type.Boolean(),
    suppressOnly: Type.Boolean(),
    override: Type.Boolean(),
    because: nullable(Type.String()),
    /** Approving opens to the author at this moment (cooling-off); null: no wait. */
    coolingOffUntil: nullable(Time),
  }),
  /** What has to be typed: "PL-88 27399". */
  confirmText: Type.String(),
  /** True when the plan adds people to segments with live automations (or cannot tell): needs the tick. */
  needsAutomationsTick: Type.Boolean(),
  counts: Type.Object({
    applied: Type.Integer(),
    already_so: Type.Integer(),
    skipped_consent: Type.Integer(),
    skipped_drift: Type.Integer(),
    failed: Type.Integer(),
    unknown: Type.Integer(),
    waiting: Type.Integer(),
    in_doubt: Type.Integer(),
  }),
  startedAt: nullable(Time),
  stopRequestedBy: nullable(Type.String()),
  undoUntil: nullable(Time),
  undonePlan: nullable(Type.Integer()),
  /** Of a plan what its undo would take back, of an undo what it takes back: a sentence for each kind. */
  undo: Type.Object({
    words: Type.Array(Type.String()),
    /** Whole days left; null: over, or there is nothing to wait for. */
    daysLeft: nullable(Type.Integer()),
    until: nullable(Time),
    /** Why it cannot be asked for now; null: it can. */
    refused: nullable(Type.String()),
  }),
  /** The plan that this one takes the place of, and what differs between the two; null: none. */
  replaces: nullable(
    Type.Object({
      planId: Type.Integer(),
      same: Type.Integer(),
      added: Type.Integer(),
      gone: Type.Integer(),
      /** The same person and place, another change. */
      other: Type.Integer(),
    }),
  ),
  /** Failed, unknown and skipped changes with their reasons, at most 50, masked. */
  notApplied: Type.Array(
    Type.Object({
      masked: Type.String(),
      system: Type.String(),
      op: Op,
      end: Type.String(),
      because: nullable(Type.String()),
    }),
  ),
});
export type PlanDetail = Static<typeof PlanDetail>;

/** POST /api/v1/incidents/:id/plan or /api/v1/audiences/:id/plan or /api/v1/plans/:id/{undo,redraft} → the drafted plan. */
export const Drafted = Type.Object({ planId: Type.Integer() });
export type Drafted = Static<typeof Drafted>;
export const DraftRequest = Type.Object({ only: Type.Optional(Type.Array(Op)) });

/** POST /api/v1/plans/:id/approve, then /apply. `hash` binds what was seen. */
export const ApproveRequest = Type.Object({
  hash: Type.String(),
  confirm: Type.String({ maxLength: 100 }),
  automations: Type.Optional(Type.Boolean()),
});
export type ApproveRequest = Static<typeof ApproveRequest>;

/** POST /api/v1/plans/:id/override: an admin who is not the author, with a reason; once, for 60 minutes. */
export const OverrideRequest = Type.Object({
  hash: Type.String(),
  reason: Type.String({ minLength: 1, maxLength: 500 }),
});
export type OverrideRequest = Static<typeof OverrideRequest>;
