import type { SyncRun } from "../core/facts.ts";
import type { Database } from "./database.ts";
import { SYNC_RUN_COLUMNS } from "./sync-run-columns.ts";

/**
 * Keeps what a sync tool tells of a run, once per job and id: the same message again changes nothing, and one that
 * comes late never undoes a newer one. A run that is tried again under its id replaces the earlier try.
 *
 * @returns the run as it is now, and what the message did
 */
export async function recordSyncRun(
  db: Database,
  run: SyncRun,
): Promise<{ readonly run: SyncRun; readonly outcome: "created" | "updated" | "unchanged" }> {
  return db.tx(async (tx) => {
    const { rows } = await tx.query<{ created: boolean }>(
      `insert into sync_run as known (job, id, state, started_at, ended_at, rows_read, rows_written, rows_failed, received_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
      on conflict (job, id) do update set state = excluded.state, started_at = excluded.started_at,
        ended_at = excluded.ended_at, rows_read = excluded.rows_read, rows_written = excluded.rows_written,
        rows_failed = excluded.rows_failed, received_at = excluded.received_at
      where excluded.started_at > known.started_at
        or excluded.started_at = known.started_at and (known.state = 'running' or excluded.state <> 'running')
          and (excluded.state, excluded.rows_read, excluded.rows_written, excluded.rows_failed)
            is distinct from (known.state, known.rows_read, known.rows_written, known.rows_failed)
          and (known.ended_at is null or excluded.ended_at >= known.ended_at)
      returning xmax = 0 as created`,
      [
        run.job,
        run.id,
        run.state,
        run.startedAt,
        run.endedAt,
        run.rowsRead,
        run.rowsWritten,
        run.rowsFailed,
        run.receivedAt,
      ],
    );
    const kept = await tx.query<SyncRun>(
      `select ${SYNC_RUN_COLUMNS} from sync_run where job = $1 and id = $2`,
      [run.job, run.id],
    );
    const [written] = rows;
    const outcome = written === undefined ? "unchanged" : written.created ? "created" : "updated";
    return { run: kept.rows[0] ?? run, outcome };
  });
}
