import type { Instant } from "../core/model.ts";
import type { Sql } from "./database.ts";
import { toText } from "./storable.ts";

/** Parts of the program and the person at this machine: no names of anybody, so they stand in the log as they are. */
const NOBODY: ReadonlySet<string> = new Set(["local", "plumbline", "demo"]);

/**
 * The reference of a person in the log, made at their first entry. A member of an audience is known by keyed hash, and
 * `sealed` holds the identifier. Call it in the transaction of the entry.
 */
export async function personRef(
  sql: Sql,
  person:
    | { readonly kind: "staff"; readonly name: string }
    | { readonly kind: "member"; readonly key: string; readonly sealed: string },
  at: Instant,
): Promise<string> {
  if (person.kind === "staff" && NOBODY.has(person.name)) return person.name;
  const knownAs = toText(person.kind === "staff" ? person.name : person.key);
  const { rows } = await sql.query<{ ref: string }>(
    `with salted as (select replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '') as salt),
      made as (
        insert into person_ref (ref, kind, known_as, salt, sealed, created_at)
        select 'person:' || left(encode(sha256(convert_to(salt || ':' || $1 || ':' || $2, 'UTF8')), 'hex'), 32), $1, $2, salt, $3, $4
        from salted where not exists (select 1 from person_ref where kind = $1 and known_as = $2)
        on conflict (kind, known_as) do nothing returning ref
      )
    select ref from made union all select ref from person_ref where kind = $1 and known_as = $2`,
    [person.kind, knownAs, person.kind === "member" ? person.sealed : null, at],
  );
  const ref = rows[0]?.ref;
  return ref ?? personRef(sql, person, at); // another transaction made it in between, and it is visible now
}
