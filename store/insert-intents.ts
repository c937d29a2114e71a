import { AuditorError } from "../core/errors.ts";
import type { Instant } from "../core/model.ts";
import type { Lease } from "../core/ports.ts";
import { type Database, SOON_MS } from "./database.ts";
import { holdLease } from "./hold-lease.ts";

/**
 * Commits that these changes are about to be sent, all or none. A change without an end may be tried again after a
 * crash, with another intent; one that has ended may not.
 *
 * @param undoSealed what is there before, sealed, in the order of `ns`
 * @throws AuditorError stale: the lease was lost; refused: a change has ended already or is not in the plan
 */
export function insertIntents(
  db: Database,
  lease: Lease,
  ns: readonly number[],
  at: Instant,
  undoSealed: readonly (string | null)[],
): Promise<void> {
  return db.tx(async (sql) => {
    await holdLease(sql, lease);
    const { count } = await sql.query(
      `insert into journal (plan_id, n, phase, fence, at, undo_sealed)
      select change.plan_id, change.n, 'intent', $2, $3::timestamptz, given.undo_sealed
      from unnest($4::int[], $5::text[]) as given (n, undo_sealed)
      join change on change.plan_id = $1 and change.n = given.n
      where not exists (select 1 from journal ended where ended.plan_id = $1 and ended.n = given.n and ended.phase = 'outcome')`,
      [lease.planId, lease.fence, at, ns, ns.map((_, i) => undoSealed[i] ?? null)],
    );
    if (count === ns.length) return;
    throw new AuditorError(
      "refused",
      `PL-${lease.planId}`,
      `${ns.length - count} of these changes have ended already or are not in the plan`,
      "read the plan’s progress again",
    );
  }, SOON_MS);
}
