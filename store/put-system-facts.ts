import type { ChangeFact, KnownAutomation } from "../core/facts.ts";
import type { Instant, SystemId } from "../core/model.ts";
import type { Sql } from "./database.ts";
import { toJson } from "./storable.ts";

/** What a system told last, beside what has a table of its own. A part is null when it could not tell. */
export type SystemFactsRow = {
  readonly system: SystemId;
  readonly readAt: Instant;
  readonly automations: readonly KnownAutomation[] | null;
  readonly changes: readonly ChangeFact[] | null;
  readonly notes: readonly string[];
};

export async function putSystemFacts(db: Sql, f: SystemFactsRow): Promise<void> {
  await db.query(
    `insert into system_facts (system, read_at, automations, changes, notes) values ($1, $2, $3, $4, $5)
    on conflict (system) do update set read_at = excluded.read_at, automations = excluded.automations,
      changes = excluded.changes, notes = excluded.notes`,
    [
      f.system,
      f.readAt,
      f.automations === null ? null : toJson(f.automations),
      f.changes === null ? null : toJson(f.changes),
      toJson(f.notes),
    ],
  );
}
