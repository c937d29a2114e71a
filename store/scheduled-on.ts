import type { AudienceId, Instant, Snapshot, SystemId } from "../core/model.ts";
import type { Sql } from "./database.ts";
import { SNAPSHOT_COLUMNS, type SnapshotRow } from "./snapshot-row.ts";

export type SegmentAt = { readonly audience: AudienceId; readonly system: SystemId; readonly epoch: number };

const OF_SEGMENT = "system = $1 and audience = $2 and epoch = $3 and ordinal is not null";

export type ScheduledOn = {
  /** The last complete scheduled reading whose truth is of that day; null: there is none. */
  readonly reading: Snapshot | null;
  /** When the nearest ones before and after that day were; null: there is none. */
  readonly before: Instant | null;
  readonly after: Instant | null;
};

/** @param day "2026-11-20", a day of `timezone` (IANA name) */
export async function scheduledOn(
  db: Sql,
  { audience, system, epoch }: SegmentAt,
  day: string,
  timezone: string,
): Promise<ScheduledOn> {
  const { rows } = await db.query<SnapshotRow>(
    `select ${SNAPSHOT_COLUMNS} from snapshot where ${OF_SEGMENT} and (as_of at time zone $5)::date = $4::date
    order by ordinal desc limit 1`,
    [system, audience, epoch, day, timezone],
  );
  const { rows: near } = await db.query<{ before: Instant | null; after: Instant | null }>(
    `select max(as_of) filter (where (as_of at time zone $5)::date < $4::date) as before,
      min(as_of) filter (where (as_of at time zone $5)::date > $4::date) as after
    from snapshot where ${OF_SEGMENT}`,
    [system, audience, epoch, day, timezone],
  );
  return { reading: rows[0] ?? null, before: near[0]?.before ?? null, after: near[0]?.after ?? null };
}

/** Scheduled readings from this one on whose sets may remember it, the nearest first. */
export async function scheduledFrom(
  db: Sql,
  { audience, system, epoch }: SegmentAt,
  ordinal: number,
  most: number,
): Promise<readonly Snapshot[]> {
  const { rows } = await db.query<SnapshotRow>(
    `select ${SNAPSHOT_COLUMNS} from snapshot
    where ${OF_SEGMENT} and set_file is not null and ordinal >= $4 and ordinal < $4 + $5 order by ordinal`,
    [system, audience, epoch, ordinal, most],
  );
  return rows;
}
