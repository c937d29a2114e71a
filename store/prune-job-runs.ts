import type { Instant } from "../core/model.ts";
import type { Sql } from "./database.ts";

/** Forgets runs that ended before `before`; the latest of every job stays, so that it is never caught up again. */
export async function pruneJobRuns(db: Sql, before: Instant): Promise<number> {
  const { count } = await db.query(
    `delete from job_run where state in ('done', 'failed') and fire_time < $1
      and exists (select 1 from job_run newer where newer.job = job_run.job and newer.fire_time > job_run.fire_time)`,
    [before],
  );
  return count;
}
