import { AuditorError } from "../core/errors.ts";
import type { Lease } from "../core/ports.ts";
import { SOON_MS, type Sql } from "./database.ts";
import { brokenConstraint } from "./database-error.ts";

/**
 * Takes the lease of a plan, or takes it over when it has run out (by the database's clock) or is the holder's own.
 * Every taking has a greater fence than all before it. null: another holder has it.
 */
export async function acquireLease(
  db: Sql,
  planId: number,
  holder: string,
  seconds: number,
): Promise<Lease | null> {
  try {
    const { rows } = await db.query<{ fence: number }>(
      `insert into plan_lease as lease (plan_id, holder, fence, expires_at)
      values ($1, $2, 1, clock_timestamp() + make_interval(secs => $3))
      on conflict (plan_id) do update set holder = excluded.holder, fence = lease.fence + 1, expires_at = excluded.expires_at
        where lease.expires_at <= clock_timestamp() or lease.holder = excluded.holder
      returning fence`,
      [planId, holder, seconds],
      SOON_MS,
    );
    const fence = rows[0]?.fence;
    return fence === undefined ? null : { planId, holder, fence };
  } catch (error) {
    if (brokenConstraint(error) !== "plan_lease_plan_id_fkey") throw error;
    throw new AuditorError("not_found", `PL-${planId}`, "there is no such plan", "look at the list of plans");
  }
}
