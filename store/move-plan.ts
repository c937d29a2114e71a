import type { Instant } from "../core/model.ts";
import type { Lease } from "../core/ports.ts";
import type { PlanState } from "../core/repair.ts";
import { type Database, SOON_MS, type Sql } from "./database.ts";
import { holdLease } from "./hold-lease.ts";

const ENDED: readonly PlanState[] = ["done", "stopped", "expired", "refused", "stale"];

/**
 * Moves the state if it is still one of `from`; false when someone else was first (or there is no such plan).
 *
 * @param lease of whoever carries the plan out; absent: it has not started
 * @throws AuditorError stale: the lease was lost
 */
export function movePlan(
  db: Database,
  id: number,
  from: readonly PlanState[],
  to: PlanState,
  at: Instant,
  because: string | null,
  lease?: Lease,
): Promise<boolean> {
  if (lease === undefined) return move(db, id, from, to, at, because);
  return db.tx(async (sql) => {
    await holdLease(sql, lease);
    return move(sql, id, from, to, at, because);
  });
}

async function move(
  db: Sql,
  id: number,
  from: readonly PlanState[],
  to: PlanState,
  at: Instant,
  because: string | null,
): Promise<boolean> {
  const { count } = await db.query(
    `update plan set state = $3, because = $5,
      started_at = case when $3 = 'applying' then coalesce(started_at, $4::timestamptz) else started_at end,
      ended_at = case when $6 then $4::timestamptz end
    where id = $1 and state = any($2)`,
    [id, from, to, at, because, ENDED.includes(to)],
    SOON_MS,
  );
  return count === 1;
}
