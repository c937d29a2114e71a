import { SOON_MS, type Sql } from "./database.ts";

/**
 * Plans that a process began to carry out and that nobody holds (by the database's clock), the oldest first. A lease that
 * was never given back tells of a process that died before it could say so in the plan's state.
 */
export async function plansWithoutLease(db: Sql): Promise<readonly number[]> {
  const { rows } = await db.query<{ id: number }>(
    `select id from plan left join plan_lease on plan_lease.plan_id = plan.id
    where coalesce(plan_lease.expires_at <= clock_timestamp(), true)
      and (state in ('applying', 'verifying') or (state = 'approved' and plan_lease.holder <> ''))
    order by id`,
    [],
    SOON_MS,
  );
  return rows.map((row) => row.id);
}
