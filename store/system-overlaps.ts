import type { Overlap } from "../core/comparison.ts";
import type { Instant, SystemId } from "../core/model.ts";
import type { Sql } from "./database.ts";

export type KeptOverlap = Overlap & { readonly startedAt: Instant };

/** How the audiences of one system overlapped in the last run that could tell, with the start of that run. */
export async function systemOverlaps(db: Sql, system: SystemId): Promise<readonly KeptOverlap[]> {
  const { rows } = await db.query<KeptOverlap & Record<string, unknown>>(
    `with last as (
      select run_id, started_at from overlap join run on run.id = run_id
      where system = $1 order by started_at desc, run_id desc limit 1
    )
    select run_id as "runId", system, audiences, masks, settled, started_at as "startedAt"
    from overlap join last using (run_id) where system = $1 order by audiences`,
    [system],
  );
  return rows;
}
