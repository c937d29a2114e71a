import type { AudienceId, Snapshot, SystemId } from "../core/model.ts";
import type { Sql } from "./database.ts";
import { SNAPSHOT_COLUMNS, type SnapshotRow } from "./snapshot-row.ts";

/**
 * The latest reading of a segment that has a place in its history (audience null: of the system's base), however many
 * failed or manual readings came after it; null: none yet.
 */
export async function lastScheduled(
  db: Sql,
  audience: AudienceId | null,
  system: SystemId,
  epoch: number,
): Promise<Snapshot | null> {
  const { rows } = await db.query<SnapshotRow>(
    `select ${SNAPSHOT_COLUMNS} from snapshot
    where system = $1 and audience is not distinct from $2 and epoch = $3 and ordinal is not null
    order by ordinal desc limit 1`,
    [system, audience, epoch],
  );
  return rows[0] ?? null;
}
