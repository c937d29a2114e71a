import type { Comparison } from "../core/comparison.ts";
import { COMPARISON_COLUMNS, type ComparisonRow } from "./comparison-row.ts";
import type { Sql } from "./database.ts";

/** The comparison of every audience that was made last; a copy that went back in time has an older as-of. */
export async function latestComparisons(db: Sql): Promise<readonly Comparison[]> {
  const { rows } = await db.query<ComparisonRow>(
    `select distinct on (audience) ${COMPARISON_COLUMNS} from comparison order by audience, (select started_at from run where id = run_id) desc, run_id desc`,
  );
  return rows;
}
