import { AuditorError } from "../core/errors.ts";
import type { Instant } from "../core/model.ts";
import type { Lease } from "../core/ports.ts";
import type { EndState } from "../core/repair.ts";
import { type Database, SOON_MS } from "./database.ts";
import { brokenConstraint } from "./database-error.ts";
import { holdLease } from "./hold-lease.ts";
import { toText } from "./storable.ts";

export type End = { readonly n: number; readonly end: EndState; readonly because: string | null };

/**
 * Commits how these changes ended, all or none. `applied` needs an intent before it: nothing may have been sent
 * that the journal did not know of first.
 *
 * @throws AuditorError stale: the lease was lost; refused: a change has its end already, or was never intended
 */
export async function insertOutcomes(
  db: Database,
  lease: Lease,
  ends: readonly End[],
  at: Instant,
): Promise<void> {
  try {
    await db.tx(async (sql) => {
      await holdLease(sql, lease);
      const { count } = await sql.query(
        `insert into journal (plan_id, n, phase, fence, at, end_state, because)
        select change.plan_id, change.n, 'outcome', $2, $3::timestamptz, given.end_state, given.because
        from unnest($4::int[], $5::text[], $6::text[]) as given (n, end_state, because)
        join change on change.plan_id = $1 and change.n = given.n
        where given.end_state <> 'applied'
          or exists (select 1 from journal sent where sent.plan_id = $1 and sent.n = given.n and sent.phase = 'intent')`,
        [
          lease.planId,
          lease.fence,
          at,
          ends.map((e) => e.n),
          ends.map((e) => e.end),
          ends.map((e) => (e.because === null ? null : toText(e.because))),
        ],
      );
      if (count !== ends.length)
        throw refused(lease, "a change is not in the plan, or was applied without an intent before it");
    }, SOON_MS);
  } catch (error) {
    if (brokenConstraint(error) !== "journal_one_end") throw error;
    throw refused(lease, "a change has its end already");
  }
}

const refused = (lease: Lease, what: string): AuditorError =>
  new AuditorError(
    "refused",
    `PL-${lease.planId}`,
    what,
    "read the plan’s progress again; nothing of this batch was recorded",
  );
