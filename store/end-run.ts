import type { Instant, RunId } from "../core/model.ts";
import type { Sql } from "./database.ts";
import { toJson } from "./storable.ts";

/** Ends a run once; a second end changes nothing. */
export async function endRun(
  db: Sql,
  id: RunId,
  at: Instant,
  state: "done" | "failed" | "interrupted",
  summary: Readonly<Record<string, unknown>>,
): Promise<void> {
  await db.query(
    "update run set ended_at = $2, state = $3, summary = $4 where id = $1 and state = 'running'",
    [id, at, state, toJson(summary)],
  );
}
