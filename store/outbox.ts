import type { Incident, Transition } from "../core/finding.ts";
import type { Instant } from "../core/model.ts";
import type { Sql } from "./database.ts";
import { toText } from "./storable.ts";

export type Waiting = {
  readonly id: number;
  readonly incidentId: number;
  readonly kind: string;
  readonly attempts: number;
};

/** Notifications that wait for another try, oldest first. */
export async function waitingNotices(db: Sql): Promise<readonly Waiting[]> {
  const { rows } = await db.query<Waiting>(
    `select id, incident_id as "incidentId", kind, attempts from outbox order by id`,
  );
  return rows;
}

/** Every change waits by itself: what is enqueued while another notice is being sent is not lost with it. */
export async function enqueueNotice(db: Sql, incidentId: number, kind: string, at: Instant): Promise<void> {
  await db.query("insert into outbox (incident_id, kind, at) values ($1, $2, $3)", [incidentId, kind, at]);
}

/** What people are told of a change, and the moment of it; null: nothing. */
export type Tell = (transition: Transition, incident: Incident) => { kind: string; at: Instant } | null;

/**
 * Enqueues in the transaction that made the change, so that no crash comes between the two. An incident that is only
 * seen again needs no second row while one waits: whatever is sent is its state then.
 */
export async function enqueueChange(
  sql: Sql,
  tell: Tell,
  transition: Transition,
  incident: Incident,
): Promise<void> {
  const notice = tell(transition, incident);
  if (notice === null) return;
  await sql.query(
    `insert into outbox (incident_id, kind, at) select $1::int, $2::text, $3::timestamptz
    where $2 <> 'seen' or not exists (select 1 from outbox where incident_id = $1)`,
    [incident.id, notice.kind, notice.at],
  );
}

export async function noticeDone(db: Sql, id: number): Promise<void> {
  await db.query("delete from outbox where id = $1", [id]);
}

export async function noticeFailed(db: Sql, id: number, because: string): Promise<void> {
  await db.query("update outbox set attempts = attempts + 1, last_error = $2 where id = $1", [
    id,
    toText(because),
  ]);
}
