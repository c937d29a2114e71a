import type { AudienceId, Instant, SystemId } from "../core/model.ts";
import type { Op } from "../core/repair.ts";
import type { Sql } from "./database.ts";

/**
 * Changes across all plans that had, or may have had, an effect on one audience in one system since `since`:
 * applied, unknown and in doubt. What may have happened counts against the limits as if it had.
 */
export async function effectiveSince(
  db: Sql,
  audience: AudienceId,
  system: SystemId,
  since: Instant,
): Promise<Readonly<Record<Op, number>>> {
  const counts = { suppress: 0, remove: 0, add: 0, set: 0 };
  const { rows } = await db.query<{ op: Op; changes: number }>(
    `with journaled as (
      select plan_id, n, max(at) as at, max(end_state) as end_state from journal
      where at >= $3 group by plan_id, n
    )
    select change.op, count(*) as changes from journaled join change using (plan_id, n)
    where change.audience = $1 and change.system = $2 and coalesce(journaled.end_state, 'unknown') in ('applied', 'unknown')
    group by change.op`,
    [audience, system, since],
  );
  for (const row of rows) counts[row.op] = row.changes;
  return counts;
}
