import type { JobClaim } from "./claim-job-run.ts";
import type { Sql } from "./database.ts";

/** Prolongs the lease; false: another process has taken the run over, and this one must stop. */
export async function renewJobRun(db: Sql, claim: JobClaim, leaseSeconds: number): Promise<boolean> {
  const { count } = await db.query(
    `update job_run set lease_until = clock_timestamp() + make_interval(secs => $5)
    where job = $1 and fire_time = $2 and holder = $3 and attempts = $4 and state = 'running'`,
    [claim.job, claim.fireTime, claim.holder, claim.attempt, leaseSeconds],
  );
  return count === 1;
}
