import type { Comparison } from "../core/model.ts";
import { COMPARISON_COLUMNS, type ComparisonRow } from "./comparison-row.ts";
import type { Sql } from "./database.ts";

/** The latest comparison of every audience. */
export async function latestComparisons(db: Sql): Promise<readonly Comparison[]> {
  const { rows } = await db.query<ComparisonRow>(
    `select distinct on (audience) ${COMPARISON_COLUMNS} from comparison order by audience, as_of desc, run_id desc`,
  );
  return rows;
}
