import type { Plan } from "../core/repair.ts";
import type { Sql } from "./database.ts";
import { getPlan } from "./get-plan.ts";

/** Every plan whole, newest first. A page of plans needs less: see plan-summaries.ts. */
export async function listPlans(db: Sql): Promise<readonly Plan[]> {
  const { rows } = await db.query<{ id: number }>("select id from plan order by id desc");
  const plans: Plan[] = [];
  for (const { id } of rows) {
    const plan = await getPlan(db, id);
    if (plan !== null) plans.push(plan);
  }
  return plans;
}
