import type { AudienceId, Instant, SystemId } from "../core/model.ts";
import type { ApprovalNeed, Op, PlanState } from "../core/repair.ts";
import type { Sql } from "./database.ts";

/** What a list shows of a plan, without its changes. */
export type PlanSummary = {
  readonly id: number;
  readonly state: PlanState;
  readonly audience: AudienceId;
  readonly incidentId: number | null;
  readonly undoes: number | null;
  readonly author: string;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
  readonly need: ApprovalNeed;
  readonly because: string | null;
  readonly endedAt: Instant | null;
  readonly changes: number;
  readonly ops: Readonly<Record<Op, number>>;
  readonly systems: readonly SystemId[];
};

/** Newest first. */
export async function planSummaries(db: Sql, limit: number): Promise<readonly PlanSummary[]> {
  const { rows } = await db.query<PlanSummary & Record<string, unknown>>(
    `select plan.id, plan.state, plan.audience, plan.incident_id as "incidentId", plan.undoes, plan.author, plan.created_at as "createdAt",
      plan.expires_at as "expiresAt", plan.need, plan.because, plan.ended_at as "endedAt", counted.*
    from (select * from plan order by id desc limit $1) plan
    cross join lateral (
      select count(*) as changes,
        jsonb_build_object('suppress', count(*) filter (where op = 'suppress'), 'remove', count(*) filter (where op = 'remove'),
          'add', count(*) filter (where op = 'add'), 'set', count(*) filter (where op = 'set')) as ops,
        coalesce(array_agg(distinct system), '{}') as systems
      from change where plan_id = plan.id
    ) counted
    order by plan.id desc`,
    [limit],
  );
  return rows;
}
