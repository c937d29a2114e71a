/** Columns of `sync_run` under the names of core/facts.ts. */
export const SYNC_RUN_COLUMNS = `job, id, state, started_at as "startedAt", ended_at as "endedAt", rows_read as "rowsRead",
  rows_written as "rowsWritten", rows_failed as "rowsFailed", received_at as "receivedAt"`;
