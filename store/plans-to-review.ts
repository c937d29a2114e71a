import type { AudienceId, Instant } from "../core/model.ts";
import type { Sql } from "./database.ts";

export type PlanToReview = {
  readonly id: number;
  readonly audience: AudienceId;
  readonly author: string;
  readonly endedAt: Instant;
  readonly suppressed: number;
};

/** Ended plans whose suppressions nobody but the author approved, and nobody has looked at since. Oldest first. */
export async function plansToReview(db: Sql): Promise<readonly PlanToReview[]> {
  const { rows } = await db.query<PlanToReview>(
    `select plan.id, plan.audience, plan.author, plan.ended_at as "endedAt", done.suppressed
    from plan cross join lateral (
      select count(*) as suppressed from journal join change using (plan_id, n)
      where journal.plan_id = plan.id and journal.end_state in ('applied', 'unknown') and change.op = 'suppress'
    ) done
    where plan.ended_at is not null and plan.started_at is not null and done.suppressed > 0
      and not exists (select from approval where plan_id = plan.id and hash = plan.hash and person <> plan.author)
      and not exists (select from plan_review where plan_id = plan.id)
    order by plan.ended_at, plan.id`,
    [],
  );
  return rows;
}
