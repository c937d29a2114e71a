import type { Instant } from "../core/model.ts";
import type { Sql } from "./database.ts";

/** Root messages posted at or after this moment, for the storm rule. */
export async function postedSince(db: Sql, at: Instant): Promise<number> {
  const { rows } = await db.query<{ posts: number }>(
    "select count(*) as posts from slack_post where at >= $1",
    [at],
  );
  return rows[0]?.posts ?? 0;
}

export async function markPosted(db: Sql, incidentId: number, at: Instant): Promise<void> {
  await db.query("insert into slack_post (incident_id, at) values ($1, $2)", [incidentId, at]);
}
