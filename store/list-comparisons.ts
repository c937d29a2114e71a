import type { AudienceId, Comparison } from "../core/model.ts";
import { COMPARISON_COLUMNS, type ComparisonRow } from "./comparison-row.ts";
import type { Sql } from "./database.ts";

/** The latest `limit` comparisons of an audience, oldest first. */
export async function listComparisons(
  db: Sql,
  audience: AudienceId,
  limit: number,
): Promise<readonly Comparison[]> {
  const { rows } = await db.query<ComparisonRow>(
    `select ${COMPARISON_COLUMNS} from comparison where audience = $1 order by as_of desc, run_id desc limit $2`,
    [audience, limit],
  );
  return rows.toReversed();
}
