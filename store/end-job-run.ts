import type { Instant } from "../core/model.ts";
import type { JobClaim } from "./claim-job-run.ts";
import type { Sql } from "./database.ts";
import { toText } from "./storable.ts";

/** done; failed for good; again after a pause; interrupted by a stop: again at once, and the attempt does not count. */
export type JobEnd =
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly error: string }
  | { readonly kind: "again"; readonly error: string; readonly inSeconds: number }
  | { readonly kind: "interrupted" };

const STATE = { done: "done", failed: "failed", again: "waiting", interrupted: "waiting" } as const;

/** Ends the attempt; false: the lease was lost before, and what another process does counts. */
export async function endJobRun(db: Sql, claim: JobClaim, end: JobEnd, at: Instant): Promise<boolean> {
  const ended = end.kind === "done" || end.kind === "failed";
  const { count } = await db.query(
    `update job_run set state = $5, holder = null, error = $6,
      lease_until = clock_timestamp() + make_interval(secs => $7::double precision),
      ended_at = case when $8 then $9::timestamptz end,
      attempts = attempts - case when $10 then 1 else 0 end
    where job = $1 and fire_time = $2 and holder = $3 and attempts = $4 and state = 'running'`,
    [
      claim.job,
      claim.fireTime,
      claim.holder,
      claim.attempt,
      STATE[end.kind],
      "error" in end ? toText(end.error) : null,
      end.kind === "again" ? end.inSeconds : null,
      ended,
      at,
      end.kind === "interrupted",
    ],
  );
  return count === 1;
}
