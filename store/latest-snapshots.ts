import type { Snapshot } from "../core/model.ts";
import type { Sql } from "./database.ts";
import { SNAPSHOT_COLUMNS, type SnapshotRow } from "./snapshot-row.ts";

/** The latest reading of every segment and base; with `complete`, the latest complete one. */
export async function latestSnapshots(db: Sql, which: "any" | "complete"): Promise<readonly Snapshot[]> {
  const { rows } = await db.query<SnapshotRow>(
    `select distinct on (system, coalesce(audience, '')) ${SNAPSHOT_COLUMNS} from snapshot
    where $1 = 'any' or coverage = 'complete'
    order by system, coalesce(audience, ''), taken_at desc, id desc`,
    [which],
  );
  return rows;
}
