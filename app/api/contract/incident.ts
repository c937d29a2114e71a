import { type Static, Type } from "typebox";
import { CauseSchema, Count, NextSend, nullable, Point, Severity, Time } from "./parts.ts";

export const IncidentRow = Type.Object({
  id: Type.Integer(),
  state: Type.Union([
    Type.Literal("open"),
    Type.Literal("acknowledged"),
    Type.Literal("snoozed"),
    Type.Literal("resolved"),
    Type.Literal("regressed"),
  ]),
  severity: Severity,
  cantTell: Type.Boolean(),
  check: Type.String(),
  title: Type.String(),
  moved: Type.String(),
  audience: nullable(Type.String()),
  audienceTitle: nullable(Type.String()),
  system: Type.String(),
  systemTitle: Type.String(),
  people: Count,
  peak: Count,
  openedAt: Time,
  changedAt: Time,
  resolvedAt: nullable(Time),
  snoozedUntil: nullable(Time),
  /** Somebody said that it was not a problem. */
  markedFalse: Type.Boolean(),
  owner: nullable(Type.String()),
  repairable: Type.Boolean(),
  planId: nullable(Type.Integer()),
  version: Type.Integer(),
});
export type IncidentRow = Static<typeof IncidentRow>;

/** GET /api/v1/incidents?state=open|all&severity=&audience=&system=&check= */
export const IncidentList = Type.Object({ incidents: Type.Array(IncidentRow), total: Type.Integer() });
export type IncidentList = Static<typeof IncidentList>;

export const MaskedPerson = Type.Object({
  /** "j•••@example.com" */
  masked: Type.String(),
  kind: Type.String(),
  state: Type.String(),
  since: nullable(Time),
  evidence: nullable(Type.String()),
});

const People = Type.Object({ came: Type.Integer(), left: Type.Integer() });

/** Why people came and left between two complete readings; the parts are the whole change. */
export const WhyMoved = Type.Object({
  since: Time,
  until: Time,
  before: Type.Integer(),
  now: Type.Integer(),
  rule: People,
  data: People,
  identity: People,
  snapshot: People,
  unexplained: People,
  /** false: the whole system was not readable, so that nobody could be looked up in it. */
  lookedUp: Type.Boolean(),
});
export type WhyMoved = Static<typeof WhyMoved>;

/** GET /api/v1/incidents/:id */
export const IncidentDetail = Type.Object({
  incident: IncidentRow,
  means: Type.String(),
  cause: CauseSchema,
  todo: Type.Array(Type.String()),
  observed: nullable(Type.Number()),
  expected: nullable(Type.Object({ low: Type.Number(), high: Type.Number() })),
  maths: Type.Array(
    Type.Object({ name: Type.String(), value: Type.Union([Type.String(), Type.Number(), Type.Null()]) }),
  ),
  whyMoved: nullable(WhyMoved),
  /** The audiences that one incident of several tells of; absent: it is about one, or a whole system. */
  siblings: Type.Optional(
    Type.Array(
      Type.Object({
        audience: Type.String(),
        title: Type.String(),
        now: Type.Union([Type.Literal("off"), Type.Literal("over"), Type.Literal("unread")]),
        people: nullable(Count),
      }),
    ),
  ),
  line: Type.Array(Point),
  changes: Type.Array(Type.Object({ at: Time, text: Type.String() })),
  /** At most 20, random order, masked; null when the spool has expired. */
  affected: nullable(Type.Object({ total: Count, kind: Type.String(), people: Type.Array(MaskedPerson) })),
  events: Type.Array(
    Type.Object({ at: Time, kind: Type.String(), actor: Type.String(), text: Type.String() }),
  ),
  nextSend: NextSend,
  plans: Type.Array(Type.Object({ id: Type.Integer(), state: Type.String() })),
  similar: Type.Array(Type.Object({ id: Type.Integer(), title: Type.String(), resolvedAt: nullable(Time) })),
});
export type IncidentDetail = Static<typeof IncidentDetail>;

/** POST /api/v1/incidents/:id/{take|resolve|snooze|dismiss}; version guards against a stale button. */
export const IncidentAction = Type.Object({
  version: Type.Integer(),
  until: Type.Optional(Time),
  note: Type.Optional(Type.String({ maxLength: 2000 })),
});
export type IncidentAction = Static<typeof IncidentAction>;
