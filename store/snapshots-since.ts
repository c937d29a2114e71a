import type { Instant, Snapshot } from "../core/model.ts";
import type { Sql } from "./database.ts";
import { SNAPSHOT_COLUMNS, type SnapshotRow } from "./snapshot-row.ts";

/** Readings of every segment and base taken at or after `since`, oldest first. */
export async function snapshotsSince(db: Sql, since: Instant): Promise<readonly Snapshot[]> {
  const { rows } = await db.query<SnapshotRow>(
    `select ${SNAPSHOT_COLUMNS} from snapshot where taken_at >= $1 order by taken_at, system, audience nulls last, id`,
    [since],
  );
  return rows;
}
