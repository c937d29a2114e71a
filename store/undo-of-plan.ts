import type { Instant } from "../core/model.ts";
import type { PlanState } from "../core/repair.ts";
import type { Sql } from "./database.ts";

/** The latest plan that undoes this one; null: there is none. */
export async function undoOfPlan(
  db: Sql,
  planId: number,
): Promise<{ readonly id: number; readonly state: PlanState; readonly createdAt: Instant } | null> {
  const { rows } = await db.query<{ id: number; state: PlanState; createdAt: Instant }>(
    'select id, state, created_at as "createdAt" from plan where undoes = $1 order by id desc limit 1',
    [planId],
  );
  return rows[0] ?? null;
}
