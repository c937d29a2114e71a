import type { SyncRun } from "../core/facts.ts";
import type { Sql } from "./database.ts";
import { SYNC_RUN_COLUMNS } from "./sync-run-columns.ts";

/**
 * Runs of sync tools, oldest first within a job.
 *
 * @param limit latest runs of each job
 */
export async function listSyncRuns(db: Sql, limit: number): Promise<readonly SyncRun[]> {
  const { rows } = await db.query<SyncRun>(
    `select ${SYNC_RUN_COLUMNS} from (
      select *, row_number() over (partition by job order by started_at desc, id desc) as place from sync_run
    ) latest where place <= $1 order by job, started_at, id`,
    [limit],
  );
  return rows;
}
