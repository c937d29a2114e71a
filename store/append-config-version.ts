import type { AudienceId, Instant, SystemId } from "../core/model.ts";
import type { Sql } from "./database.ts";
import { toJson } from "./storable.ts";

/** What changed against the version before, in words; never the value of a secret. */
export type ConfigChange = {
  readonly system: SystemId | null;
  readonly text: string;
  /** For the definition of a segment: whose. */
  readonly audience?: AudienceId;
};

/** Keeps a configuration as a new version, unless the latest one has the same hash. Answers the version's number. */
export async function appendConfigVersion(
  db: Sql,
  version: { readonly at: Instant; readonly hash: string; readonly changes: readonly ConfigChange[] },
): Promise<number> {
  const { rows } = await db.query<{ version: number }>(
    `with latest as (select version, hash from config_version order by version desc limit 1),
      added as (
        insert into config_version (at, hash, changes)
        select $1::timestamptz, $2::text, $3::jsonb where not exists (select 1 from latest where hash = $2)
        returning version
      )
    select version from added union all select version from latest order by version desc limit 1`,
    [version.at, version.hash, toJson(version.changes)],
  );
  return rows[0]?.version ?? 0;
}
