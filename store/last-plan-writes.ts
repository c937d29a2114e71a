import type { AudienceId, Instant, SystemId } from "../core/model.ts";
import type { Sql } from "./database.ts";

export type LastWrite = {
  readonly audience: AudienceId;
  readonly system: SystemId;
  readonly id: number;
  readonly at: Instant;
  readonly written: number;
  readonly ghostAcks: number;
};

/**
 * Of each copy the last plan that sent changes to it since `since`: how many, and how many of them ended as failed for
 * this reason (the words of an acknowledged call without effect).
 */
export async function lastPlanWrites(
  db: Sql,
  since: Instant,
  ghostAck: string,
): Promise<readonly LastWrite[]> {
  const { rows } = await db.query<LastWrite>(
    `with written as (
      select change.audience, change.system, plan_id as id, max(at) as at,
        count(distinct n) filter (where phase = 'intent') as written,
        count(*) filter (where end_state = 'failed' and because = $2) as "ghostAcks"
      from journal join change using (plan_id, n) where at >= $1
      group by change.audience, change.system, plan_id
    )
    select distinct on (audience, system) audience, system, id, at, written, "ghostAcks"
    from written where written > 0 order by audience, system, at desc, id desc`,
    [since, ghostAck],
  );
  return rows;
}
