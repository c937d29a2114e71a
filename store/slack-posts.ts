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

/** The same post twice (a crash came before it was known) counts once. */
export async function markPosted(db: Sql, incidentId: number, at: Instant): Promise<void> {
  await db.query(
    `insert into slack_post (incident_id, at) select $1::int, $2::timestamptz
    where not exists (select 1 from slack_post where incident_id = $1 and at = $2)`,
    [incidentId, at],
  );
}
