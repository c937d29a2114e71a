import type { Instant } from "../core/model.ts";
import type { Database } from "./database.ts";

/** One fire of one job, held by one process. `attempt` is the fence: a later attempt makes it void. */
export type JobClaim = {
  readonly job: string;
  readonly fireTime: Instant;
  readonly holder: string;
  readonly attempt: number;
};

const CLAIMS_LOCK = 7_586_200;

/**
 * Takes the oldest due run among these jobs: one that waits, or one whose holder let the lease run out (by the
 * database's clock). A job never runs twice at the same time, not for two fires either. null: nothing to do.
 *
 * @param maxAttempts a run that was taken so often and never ended is given up as failed
 */
export function claimJobRun(
  db: Database,
  jobs: readonly string[],
  holder: string,
  leaseSeconds: number,
  maxAttempts: number,
): Promise<JobClaim | null> {
  return db.tx(async (sql) => {
    await sql.query("select pg_advisory_xact_lock($1)", [CLAIMS_LOCK]);
    await sql.query(
      `update job_run set state = 'failed', holder = null, lease_until = null, ended_at = clock_timestamp(), error = 'its process ended before it did'
      where job = any($1) and state = 'running' and lease_until <= clock_timestamp() and attempts >= $2`,
      [jobs, maxAttempts],
    );
    const { rows } = await sql.query<{ job: string; fireTime: Instant; attempt: number }>(
      `with due as (
        select job, fire_time from job_run
        where job = any($1) and state in ('waiting', 'running') and coalesce(lease_until <= clock_timestamp(), true)
          and not exists (
            select 1 from job_run busy
            where busy.job = job_run.job and busy.state = 'running' and busy.lease_until > clock_timestamp()
          )
        order by fire_time, job for update skip locked limit 1
      )
      update job_run set state = 'running', holder = $2, attempts = attempts + 1,
        lease_until = clock_timestamp() + make_interval(secs => $3)
      from due where job_run.job = due.job and job_run.fire_time = due.fire_time
      returning job_run.job, job_run.fire_time as "fireTime", job_run.attempts as attempt`,
      [jobs, holder, leaseSeconds],
    );
    const [row] = rows;
    return row === undefined ? null : { ...row, holder };
  });
}
