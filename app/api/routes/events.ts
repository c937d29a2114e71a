import { Ajv2020 } from "ajv/dist/2020.js";
import type { FastifySchemaCompiler } from "fastify";
import { AuditorError } from "../../../core/errors.ts";
import type { SyncRun } from "../../../core/facts.ts";
import { type Instant, instant } from "../../../core/model.ts";
import { recordSyncRun } from "../../../store/record-sync-run.ts";
import type { Services } from "../../services.ts";
import { RunEvent, RunEventKept } from "../contract/event.ts";
import type { Api } from "../server.ts";
import { personOf } from "../session.ts";

/** How far a tool's clock may run ahead of ours. */
const AHEAD_MS = 10 * 60_000;

/** Strict, unlike the other routes: `null` must not become 0 rows, nor a misspelled field disappear. */
const strict = new Ajv2020({ coerceTypes: false, removeAdditional: false, formats: { "date-time": true } });
const validatorCompiler: FastifySchemaCompiler<unknown> = ({ schema }) => strict.compile(schema as object);

export async function eventRoutes(api: Api, { app }: Services): Promise<void> {
  api.post(
    "/events/run",
    {
      validatorCompiler,
      schema: {
        summary: "A sync tool tells that it ran",
        body: RunEvent,
        response: { 200: RunEventKept },
      },
    },
    async (request) => {
      const me = await personOf(app, request);
      if (me.role === "viewer")
        throw new AuditorError(
          "not_allowed",
          "run",
          "viewers cannot tell of runs",
          "use the token of an editor, approver or admin",
        );
      const run = runOf(request.body, app.clock.now());
      if (!app.config.writers.some((w) => w.name === run.job))
        throw new AuditorError(
          "not_found",
          "run",
          "the configuration has no job of this name",
          "name it as under `writers:`",
        );
      const kept = await recordSyncRun(app.db, run);
      app.log.info("sync.told", { job: run.job, state: run.state, outcome: kept.outcome, by: me.name });
      return kept;
    },
  );
}

function runOf(told: RunEvent, now: Date): SyncRun {
  const startedAt = momentOf(told.started_at, "started_at", now);
  const endedAt = told.ended_at == null ? null : momentOf(told.ended_at, "ended_at", now);
  if (endedAt !== null && told.state === "running")
    throw bad("a run that is still running has no end", "leave out ended_at, or send how it ended");
  if (endedAt !== null && endedAt < startedAt)
    throw bad("it ended before it started", "correct started_at or ended_at");
  return {
    job: told.job,
    id: told.id,
    state: told.state,
    startedAt,
    endedAt,
    rowsRead: told.rows_read ?? null,
    rowsWritten: told.rows_written ?? null,
    rowsFailed: told.rows_failed ?? null,
    receivedAt: instant(now),
  };
}

function momentOf(text: string, field: string, now: Date): Instant {
  const at = new Date(text);
  if (!/^\d{4}-\d{2}-\d{2}T.+(Z|[+-]\d{2}:?\d{2})$/i.test(text) || Number.isNaN(at.getTime()))
    throw bad(`${field} is no moment`, "write it with its offset, like 2026-11-24T02:30:00Z");
  if (at.getTime() > now.getTime() + AHEAD_MS)
    throw bad(`${field} lies in the future`, "correct the clock or the offset of the tool");
  return instant(at);
}

const bad = (what: string, fix: string) => new AuditorError("bad_data", "run", what, fix);
