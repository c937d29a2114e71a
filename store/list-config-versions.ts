import type { Instant } from "../core/model.ts";
import type { ConfigChange } from "./append-config-version.ts";
import type { Sql } from "./database.ts";

export type ConfigVersion = {
  readonly version: number;
  readonly at: Instant;
  readonly hash: string;
  readonly changes: readonly ConfigChange[];
};

/** Newest first. */
export async function listConfigVersions(db: Sql, limit: number): Promise<readonly ConfigVersion[]> {
  const { rows } = await db.query<ConfigVersion>(
    "select version, at, hash, changes from config_version order by version desc limit $1",
    [limit],
  );
  return rows;
}
