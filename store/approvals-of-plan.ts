import type { Sql } from "./database.ts";
import type { Approval } from "./plan-row.ts";

/** Oldest first. */
export async function approvalsOfPlan(db: Sql, planId: number): Promise<readonly Approval[]> {
  const { rows } = await db.query<Approval & Record<string, unknown>>(
    "select person, at, hash, confirmed, most from approval where plan_id = $1 order by at, person",
    [planId],
  );
  return rows;
}
