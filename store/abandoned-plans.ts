import type { Sql } from "./database.ts";

/** Plans that are half carried out and that nobody holds (by the database's clock), the oldest first. */
export async function abandonedPlans(db: Sql): Promise<readonly number[]> {
  const { rows } = await db.query<{ id: number }>(
    `select id from plan left join plan_lease on plan_lease.plan_id = plan.id
    where state in ('applying', 'verifying') and coalesce(expires_at <= clock_timestamp(), true) order by id`,
  );
  return rows.map((row) => row.id);
}
