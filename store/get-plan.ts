import type { Plan } from "../core/repair.ts";
import { approvalsOfPlan } from "./approvals-of-plan.ts";
import { changesOfPlan } from "./changes-of-plan.ts";
import type { Sql } from "./database.ts";
import { overrideOfPlan } from "./override-of-plan.ts";
import { assemble, PLAN_COLUMNS, type PlanRow } from "./plan-row.ts";

/** The whole plan, its document as it was created. */
export async function getPlan(db: Sql, id: number): Promise<Plan | null> {
  const { rows } = await db.query<PlanRow>(`select ${PLAN_COLUMNS} from plan where id = $1`, [id]);
  const [row] = rows;
  if (row === undefined) return null;
  return assemble(
    row,
    await changesOfPlan(db, id),
    await approvalsOfPlan(db, id),
    await overrideOfPlan(db, id),
  );
}
