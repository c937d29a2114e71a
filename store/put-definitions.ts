import type { AudienceId, Instant, SystemId } from "../core/model.ts";
import type { Sql } from "./database.ts";
import { toText } from "./storable.ts";

export type SeenDefinition = {
  readonly audience: AudienceId;
  readonly system: SystemId;
  readonly name: string;
  readonly definition: string;
  /** Of the text as the system gave it: equal hash, equal rule. */
  readonly hash: string;
  readonly changedAt: Instant | null;
};

/**
 * Begins a version where the hash is not that of the latest one; otherwise notes that it was seen again. A version keeps
 * the first time that the vendor gave for it: a rename moves the vendor's clock too.
 */
export async function putDefinitions(
  db: Sql,
  definitions: readonly SeenDefinition[],
  at: Instant,
): Promise<void> {
  for (const d of definitions) {
    await db.query(
      `with latest as (
        select version, hash from segment_definition where audience = $1 and system = $2 order by version desc limit 1
      ), seen as (
        update segment_definition s set last_seen = greatest(s.last_seen, $6::timestamptz), name = $3,
          changed_at = coalesce(s.changed_at, $7::timestamptz)
        from latest where s.audience = $1 and s.system = $2 and s.version = latest.version and latest.hash = $5
        returning s.version
      )
      insert into segment_definition (audience, system, version, name, definition, hash, first_seen, last_seen, changed_at)
      select $1, $2, coalesce((select version from latest), 0) + 1, $3, $4, $5, $6::timestamptz, $6::timestamptz, $7::timestamptz
      where not exists (select 1 from seen)`,
      [d.audience, d.system, toText(d.name), toText(d.definition), d.hash, at, d.changedAt],
    );
  }
}
