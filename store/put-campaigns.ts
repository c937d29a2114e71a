import type { KnownCampaign } from "../core/facts.ts";
import type { Instant, SystemId } from "../core/model.ts";
import type { Sql } from "./database.ts";
import { toJson, toText } from "./storable.ts";

/**
 * Keeps the campaigns that a system told of. One that was sent stays although the system may tell only of the latest
 * ones; any other that it no longer tells of is gone. In a transaction of the caller.
 */
export async function putCampaigns(
  db: Sql,
  system: SystemId,
  campaigns: readonly Omit<KnownCampaign, "system" | "lastSeen">[],
  at: Instant,
): Promise<void> {
  for (const c of campaigns) {
    await db.query(
      `insert into campaign (system, id, name, state, at, includes, excludes, first_seen, last_seen)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $8)
      on conflict (system, id) do update set name = excluded.name, state = excluded.state, at = excluded.at,
        includes = excluded.includes, excludes = excluded.excludes, last_seen = excluded.last_seen`,
      [system, toText(c.id), toText(c.name), c.state, c.at, toJson(c.includes), toJson(c.excludes), at],
    );
  }
  await db.query("delete from campaign where system = $1 and state <> 'sent' and last_seen < $2", [
    system,
    at,
  ]);
}
