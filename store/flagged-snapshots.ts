import type { AudienceId, SystemId } from "../core/model.ts";
import type { Sql } from "./database.ts";

/**
 * Ids of the readings of a segment whose size was judged abnormal in their own run: they leave the training of the
 * expected band, unless a person said that it was not a problem: then it is normal. Other checks do not flag: a disagreement that lasts for months says nothing about the size.
 */
export async function flaggedSnapshots(
  db: Sql,
  audience: AudienceId,
  system: SystemId,
): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ id: string }>(
    `select snapshot.id from check_result
    join snapshot on snapshot.run_id = check_result.run_id and snapshot.system = check_result.system and snapshot.audience = check_result.audience
    where check_result.system = $1 and check_result.audience = $2
      and check_result.status = 'fail' and check_result.check_name = 'size_anomaly'
      and not exists (
        select from incident
        where marked_false_at is not null and finding ->> 'check' = 'size_anomaly'
          and finding ->> 'system' = check_result.system and (finding ->> 'audience' = check_result.audience
            or finding -> 'siblings' @> jsonb_build_array(jsonb_build_object('audience', check_result.audience)))
          and check_result.at >= opened_at and check_result.at < marked_false_at + interval '14 days'
      )`,
    [system, audience],
  );
  return new Set(rows.map((row) => row.id));
}
