import type { Lease } from "../core/ports.ts";
import { SOON_MS, type Sql } from "./database.ts";

/** Gives it back if it is still ours. The row stays: its fence must never start anew. */
export async function releaseLease(db: Sql, lease: Lease): Promise<void> {
  await db.query(
    "update plan_lease set holder = '', expires_at = '-infinity' where plan_id = $1 and holder = $2 and fence = $3",
    [lease.planId, lease.holder, lease.fence],
    SOON_MS,
  );
}
