import { at as failpoint } from "../config/failpoint.ts";
import type { Lease } from "../core/ports.ts";
import { SOON_MS, type Sql } from "./database.ts";

/** Prolongs it from now on; false: somebody took it over, and the holder must stop writing at once. */
export async function renewLease(db: Sql, lease: Lease, seconds: number): Promise<boolean> {
  failpoint("lease.before_renew");
  const { count } = await db.query(
    `update plan_lease set expires_at = clock_timestamp() + make_interval(secs => $4) where plan_id = $1 and holder = $2 and fence = $3`,
    [lease.planId, lease.holder, lease.fence, seconds],
    SOON_MS,
  );
  failpoint("lease.renewed");
  return count === 1;
}
