import type { Instant } from "../core/model.ts";
import type { Sql } from "./database.ts";

/** Takes out runs of sync tools, counts of mail and sent campaigns from before `before`; rules stay. */
export async function pruneFacts(db: Sql, before: Instant): Promise<void> {
  await db.query("delete from sync_run where started_at < $1", [before]);
  await db.query("delete from delivery where to_at < $1", [before]);
  await db.query("delete from campaign where state = 'sent' and last_seen < $1", [before]);
}
