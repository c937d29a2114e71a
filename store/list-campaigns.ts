import type { KnownCampaign } from "../core/facts.ts";
import type { Instant } from "../core/model.ts";
import type { Sql } from "./database.ts";

/** Campaigns that are still to go out, and those that went out since `since`; soonest first, undated ones last. */
export async function listCampaigns(db: Sql, since: Instant): Promise<readonly KnownCampaign[]> {
  const { rows } = await db.query<KnownCampaign>(
    `select system, id, name, state, at, includes, excludes, last_seen as "lastSeen" from campaign
    where state <> 'cancelled' and (state <> 'sent' or coalesce(at, last_seen) >= $1)
    order by at nulls last, system, id`,
    [since],
  );
  return rows;
}
