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

export async function noticeDone(db: Sql, id: number): Promise<void> {
  await db.query("delete from outbox where id = $1", [id]);
}

export async function noticeFailed(db: Sql, id: number, because: string): Promise<void> {
  await db.query("update outbox set attempts = attempts + 1, last_error = $2 where id = $1", [
    id,
    toText(because),
  ]);
}
