import { AuditorError } from "../core/errors.ts";
import type { Lease } from "../core/ports.ts";
import type { Sql } from "./database.ts";

/**
 * Holds the lease's row until the transaction ends, so that nobody takes it over between this look and the commit.
 *
 * @throws AuditorError stale: the lease was given back or taken over
 */
export async function holdLease(sql: Sql, lease: Lease): Promise<void> {
  const { count } = await sql.query(
    "select 1 from plan_lease where plan_id = $1 and holder = $2 and fence = $3 for share",
    [lease.planId, lease.holder, lease.fence],
  );
  if (count === 1) return;
  throw new AuditorError(
    "stale",
    `PL-${lease.planId}`,
    "another process carries this plan out now",
    "stop writing; the other one goes on",
  );
}
