import type { Sql } from "./database.ts";
import type { SystemFactsRow } from "./put-system-facts.ts";

/** One row for each system that was ever asked. */
export async function listSystemFacts(db: Sql): Promise<readonly SystemFactsRow[]> {
  const { rows } = await db.query<SystemFactsRow>(
    `select system, read_at as "readAt", automations, changes, notes from system_facts order by system`,
  );
  return rows;
}
