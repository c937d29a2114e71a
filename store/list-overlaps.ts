import type { Overlap } from "../core/comparison.ts";
import type { Sql } from "./database.ts";

/** The overlaps of all runs that are kept. */
export async function listOverlaps(db: Sql): Promise<readonly Overlap[]> {
  const { rows } = await db.query<Overlap & Record<string, unknown>>(
    `select run_id as "runId", system, audiences, masks, settled from overlap order by run_id, system, audiences`,
  );
  return rows;
}
