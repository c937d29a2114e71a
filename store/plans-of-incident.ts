import type { PlanState } from "../core/repair.ts";
import type { Sql } from "./database.ts";

/** Newest first. */
export async function plansOfIncident(
  db: Sql,
  incidentId: number,
): Promise<readonly { readonly id: number; readonly state: PlanState }[]> {
  const { rows } = await db.query<{ id: number; state: PlanState }>(
    "select id, state from plan where incident_id = $1 order by id desc",
    [incidentId],
  );
  return rows;
}
