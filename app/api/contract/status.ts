import { type Static, Type } from "typebox";
import { Coverage, nullable, Person, Time } from "./parts.ts";

/** GET /api/v1/status: shell of every page, polled every 5 s. */
export const Status = Type.Object({
  company: Type.String(),
  timezone: Type.String(),
  version: Type.String(),
  mode: Type.Union([Type.Literal("demo"), Type.Literal("read_only"), Type.Literal("writes_on")]),
  now: Time,
  me: Person,
  /** Others one may switch to; only in the demo. */
  switchable: Type.Array(Person),
  systems: Type.Array(
    Type.Object({
      id: Type.String(),
      title: Type.String(),
      kind: Type.String(),
      sends: Type.Boolean(),
      writable: Type.Boolean(),
      coverage: nullable(Coverage),
      asOf: nullable(Time),
      stale: Type.Boolean(),
      because: nullable(Type.String()),
      warnings: Type.Array(Type.String()),
    }),
  ),
  counts: Type.Object({
    audiences: Type.Integer(),
    openIncidents: Type.Integer(),
    actIncidents: Type.Integer(),
    waitingPlans: Type.Integer(),
  }),
  /** While the demo is being made or an audit runs; null: idle. */
  progress: nullable(Type.Object({ what: Type.String(), done: Type.Integer(), of: Type.Integer() })),
  /** A plan being applied now; null: none. */
  applying: nullable(Type.Object({ planId: Type.Integer(), ended: Type.Integer(), of: Type.Integer() })),
});
export type Status = Static<typeof Status>;

/** POST /api/v1/session (demo: choose a person; people: name + password) */
export const SessionRequest = Type.Object({
  name: Type.String({ maxLength: 100 }),
  password: Type.Optional(Type.String({ maxLength: 1000 })),
});
