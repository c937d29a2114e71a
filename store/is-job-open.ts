import type { Instant } from "../core/model.ts";
import type { Sql } from "./database.ts";

/** Does this run still wait, or work somewhere? */
export async function isJobOpen(db: Sql, job: string, fireTime: Instant): Promise<boolean> {
  const { count } = await db.query(
    "select 1 from job_run where job = $1 and fire_time = $2 and state in ('waiting', 'running')",
    [job, fireTime],
  );
  return count === 1;
}
