import type { KnownCampaign } from "../core/facts.ts";
import type { Instant, SystemId } from "../core/model.ts";
import type { Sql } from "./database.ts";
import { toJson } from "./storable.ts";

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
  await db.query(
    `insert into campaign (system, id, name, state, at, includes, excludes, first_seen, last_seen)
    select distinct on (c.id) $1, c.id, c.name, c.state, c.at, c.includes, c.excludes, $3::timestamptz, $3::timestamptz
    from jsonb_to_recordset($2::jsonb)
      as c (id text, name text, state text, at timestamptz, includes jsonb, excludes jsonb)
    order by c.id
    on conflict (system, id) do update set name = excluded.name, state = excluded.state, at = excluded.at,
      includes = excluded.includes, excludes = excluded.excludes, last_seen = excluded.last_seen`,
    [system, toJson(campaigns), at],
  );
  await db.query("delete from campaign where system = $1 and state <> 'sent' and last_seen < $2", [
    system,
    at,
  ]);
}
