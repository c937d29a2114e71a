import type { EndState } from "../core/repair.ts";
import type { Sql } from "./database.ts";

export type PlanCounts = Readonly<Record<EndState | "waiting" | "in_doubt", number>>;

/** Changes by their end; they sum to the plan. `waiting`: no intent yet; `in_doubt`: an intent without an outcome. */
export async function planCounts(db: Sql, planId: number): Promise<PlanCounts> {
  const counts = {
    applied: 0,
    already_so: 0,
    skipped_consent: 0,
    skipped_drift: 0,
    failed: 0,
    unknown: 0,
    waiting: 0,
    in_doubt: 0,
  };
  const { rows } = await db.query<{ state: keyof PlanCounts; changes: number }>(
    `with journaled as (
      select n, max(end_state) as end_state from journal where plan_id = $1 group by n
    )
    select case when journaled.n is null then 'waiting' else coalesce(journaled.end_state, 'in_doubt') end as state, count(*) as changes
    from change left join journaled using (n) where change.plan_id = $1 group by 1`,
    [planId],
  );
  for (const row of rows) counts[row.state] = row.changes;
  return counts;
}
