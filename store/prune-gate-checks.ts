import type { Instant } from "../core/model.ts";
import type { Sql } from "./database.ts";

/** Forgets looks at sends from before `before`, and the runs of the jobs that made them. */
export async function pruneGateChecks(db: Sql, before: Instant): Promise<void> {
  await db.query("delete from gate_check where send_at < $1", [before]);
  await db.query("delete from job_run where job like 'gate: %' and fire_time < $1", [before]);
}
