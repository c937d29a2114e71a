import type { ChangeProgress, EndState } from "../core/repair.ts";
import type { Sql } from "./database.ts";

type ProgressRow = {
  n: number;
  end: EndState | null;
  because: string | null;
  inDoubt: boolean;
  undoSealed: string | null;
};

/**
 * How far each change is, in the order of the plan. What was there before comes from the *first* intent: a later
 * one may already have seen our own effect.
 */
export async function planProgress(db: Sql, planId: number): Promise<readonly ChangeProgress[]> {
  const { rows } = await db.query<ProgressRow>(
    `with intents as (
      select distinct on (n) n, undo_sealed from journal where plan_id = $1 and phase = 'intent' order by n, seq
    ), outcomes as (
      select n, end_state, because from journal where plan_id = $1 and phase = 'outcome'
    )
    select change.n, outcomes.end_state as end, outcomes.because,
      intents.n is not null and outcomes.n is null as "inDoubt",
      case when coalesce(outcomes.end_state, 'unknown') in ('applied', 'unknown') then intents.undo_sealed end as "undoSealed"
    from change left join intents using (n) left join outcomes using (n)
    where change.plan_id = $1 order by change.n`,
    [planId],
  );
  return rows;
}
