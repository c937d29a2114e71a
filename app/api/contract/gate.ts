import { type Static, Type } from "typebox";
import { Count, nullable, Time } from "./parts.ts";

const Ref = Type.Object({
  /** As the system names the list; of the calendar the audience's title. */
  name: Type.String(),
  /** Audiences whose copy it is; none: nothing that is audited here. */
  audiences: Type.Array(Type.String()),
});

/** GET /api/v1/gate/:campaign by id or name, of a send that is still to go out; also `plumbline gate --json`. */
export const GateAnswer = Type.Object({
  verdict: Type.Union([Type.Literal("go"), Type.Literal("no_go"), Type.Literal("cant_tell")]),
  headline: Type.String(),
  checkedAt: Time,
  send: Type.Object({
    id: Type.String(),
    name: Type.String(),
    system: Type.String(),
    systemTitle: Type.String(),
    at: nullable(Time),
    isDraft: Type.Boolean(),
    source: Type.Union([Type.Literal("campaign"), Type.Literal("calendar")]),
    /** When the system told of it last; null: it is of the calendar. */
    toldAt: nullable(Time),
    /** null: nobody says so, and it is judged as marketing. */
    transactional: nullable(Type.Boolean()),
    includes: Type.Array(Ref),
    excludes: Type.Array(Ref),
  }),
  /** People who would get it. */
  recipients: Count,
  /** People who must not get it and would. */
  mustNot: Count,
  /** There may be more: some list could not be relied on. */
  atLeast: Type.Boolean(),
  /** There may be fewer: a list that is left out is not known. */
  atMost: Type.Boolean(),
  /** Oldest reading that it rests on. */
  asOf: nullable(Time),
  /** Worst first; a note changes nothing. */
  reasons: Type.Array(
    Type.Object({
      weight: Type.Union([Type.Literal("no_go"), Type.Literal("cant_tell"), Type.Literal("note")]),
      kind: Type.String(),
      text: Type.String(),
      people: Count,
      incident: nullable(Type.Integer()),
    }),
  ),
});
export type GateAnswer = Static<typeof GateAnswer>;
