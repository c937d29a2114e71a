import type { Comparison } from "../core/comparison.ts";
import type { AudienceId } from "../core/model.ts";
import { COMPARISON_COLUMNS, type ComparisonRow } from "./comparison-row.ts";
import type { Sql } from "./database.ts";

/** The `limit` comparisons of an audience that were made last, oldest first; as-of can go back, the order of runs cannot. */
export async function listComparisons(
  db: Sql,
  audience: AudienceId,
  limit: number,
): Promise<readonly Comparison[]> {
  const { rows } = await db.query<ComparisonRow>(
    `select ${COMPARISON_COLUMNS} from comparison where audience = $1 order by (select started_at from run where id = run_id) desc, run_id desc limit $2`,
    [audience, limit],
  );
  return rows.toReversed();
}
