import type { AudienceId, Snapshot, SystemId } from "../core/model.ts";
import type { Sql } from "./database.ts";
import { SNAPSHOT_COLUMNS, type SnapshotRow } from "./snapshot-row.ts";

/** The latest `limit` readings of one segment (audience null: of the system's base), oldest first. */
export async function listSnapshots(
  db: Sql,
  audience: AudienceId | null,
  system: SystemId,
  limit: number,
): Promise<readonly Snapshot[]> {
  const { rows } = await db.query<SnapshotRow>(
    `select ${SNAPSHOT_COLUMNS} from snapshot
    where system = $1 and audience is not distinct from $2
    order by taken_at desc, id desc limit $3`,
    [system, audience, limit],
  );
  return rows.toReversed();
}
