import type { DefinitionVersion } from "../core/facts.ts";
import type { AudienceId } from "../core/model.ts";
import type { Sql } from "./database.ts";

/**
 * The wordings of the rules behind copies, oldest first within a copy.
 *
 * @param audience null: of all audiences
 * @param limit latest versions of each copy
 */
export async function listDefinitions(
  db: Sql,
  o: { readonly audience: AudienceId | null; readonly limit: number },
): Promise<readonly DefinitionVersion[]> {
  const { rows } = await db.query<DefinitionVersion>(
    `select audience, system, version, name, definition, first_seen as "firstSeen", last_seen as "lastSeen", changed_at as "changedAt"
    from (
      select *, row_number() over (partition by audience, system order by version desc) as place from segment_definition
      where $1::text is null or audience = $1
    ) latest where place <= $2 order by audience, system, version`,
    [o.audience, o.limit],
  );
  return rows;
}
