import type { Snapshot } from "../core/model.ts";

/** Columns of `snapshot` in the words of the program; every query of snapshots selects exactly these. */
export const SNAPSHOT_COLUMNS = `id, run_id as "runId", audience, system, ordinal, trigger, as_of as "asOf", taken_at as "takenAt",
  coverage, because, failure, metrics, attributes, distributions, fields, set_file as "setFile", epoch`;

export type SnapshotRow = Snapshot & Record<string, unknown>;
