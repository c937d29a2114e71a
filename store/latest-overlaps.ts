import type { Overlap } from "../core/comparison.ts";
import type { Sql } from "./database.ts";

/** Of every system, the overlaps of the last run that found any. */
export async function latestOverlaps(db: Sql): Promise<readonly Overlap[]> {
  const { rows } = await db.query<Overlap & Record<string, unknown>>(
    `with last as (
      select distinct on (system) system, run_id from overlap join run on run.id = run_id
      order by system, started_at desc, run_id desc
    )
    select run_id as "runId", system, audiences, masks, settled from overlap join last using (system, run_id)
    order by system, audiences`,
  );
  return rows;
}
