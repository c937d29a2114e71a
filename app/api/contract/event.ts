import { type Static, Type } from "typebox";
import { nullable } from "./parts.ts";
import { SyncRun } from "./system.ts";

const Moment = Type.String({
  format: "date-time",
  maxLength: 40,
  description: "ISO-8601 with its offset, 2026-11-24T02:30:00Z.",
});
const Rows = Type.Union([Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }), Type.Null()], {
  description: "Absent or null: not known.",
});

/** POST /api/v1/events/run: a sync tool tells that it ran. Sent again, or late, it changes nothing. */
export const RunEvent = Type.Object(
  {
    job: Type.String({ minLength: 1, maxLength: 200, description: "Name of the job under `writers:`." }),
    id: Type.String({
      minLength: 1,
      maxLength: 200,
      description: "The tool's own id of this run; one run is kept per job and id.",
    }),
    state: Type.Union([Type.Literal("running"), Type.Literal("succeeded"), Type.Literal("failed")]),
    started_at: Moment,
    ended_at: Type.Optional(nullable(Moment)),
    rows_read: Type.Optional(Rows),
    rows_written: Type.Optional(Rows),
    rows_failed: Type.Optional(Rows),
  },
  { additionalProperties: false },
);
export type RunEvent = Static<typeof RunEvent>;

export const RunEventKept = Type.Object({
  outcome: Type.Union([Type.Literal("created"), Type.Literal("updated"), Type.Literal("unchanged")]),
  /** As it is kept now. */
  run: SyncRun,
});
export type RunEventKept = Static<typeof RunEventKept>;
