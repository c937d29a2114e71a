import type { Op } from "../core/repair.ts";
import type { Sql } from "./database.ts";

/** Changes of a plan that were applied, by verb. */
export async function appliedByOp(db: Sql, planId: number): Promise<Readonly<Record<Op, number>>> {
  const counts: Record<Op, number> = { suppress: 0, remove: 0, add: 0, set: 0 };
  const { rows } = await db.query<{ op: Op; changes: number }>(
    `select change.op, count(*) as changes from journal join change using (plan_id, n)
    where journal.plan_id = $1 and journal.phase = 'outcome' and journal.end_state = 'applied' group by change.op`,
    [planId],
  );
  for (const row of rows) counts[row.op] = row.changes;
  return counts;
}
