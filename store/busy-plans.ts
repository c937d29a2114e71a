import type { AudienceId, SystemId } from "../core/model.ts";
import type { PlanState } from "../core/repair.ts";
import type { Sql } from "./database.ts";

export type BusyPlan = {
  readonly id: number;
  readonly state: PlanState;
  readonly audience: AudienceId;
  readonly systems: readonly SystemId[];
  /** The vendor's list per system; none where it was not kept. */
  readonly lists: Readonly<Record<string, string>>;
};

/** Approved and running plans of every audience: two audiences may share a list. */
export async function busyPlans(db: Sql): Promise<readonly BusyPlan[]> {
  const { rows } = await db.query<BusyPlan>(
    `select id, state, audience, coalesce(doc -> 'lists', '{}'::json) as lists,
      coalesce((select array_agg(distinct system order by system) from change where plan_id = plan.id), '{}') as systems
    from plan where state in ('approved', 'applying', 'verifying') order by id`,
    [],
  );
  return rows;
}
