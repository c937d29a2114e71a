import type { Instant } from "../core/model.ts";
import type { Sql } from "./database.ts";

/** Notes that a job is due; any number of processes may note the same fire. True for the first. */
export async function enqueueJobRun(db: Sql, job: string, fireTime: Instant): Promise<boolean> {
  const { count } = await db.query(
    "insert into job_run (job, fire_time) values ($1, $2) on conflict do nothing",
    [job, fireTime],
  );
  return count === 1;
}
