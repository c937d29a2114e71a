import type { Instant, PersonKey } from "../core/model.ts";
import { appendAuditLog } from "./append-audit-log.ts";
import type { Database } from "./database.ts";

/**
 * Erases who stands behind the references of these members of audiences in the log, which stays as it is. Each is an
 * entry, by reference alone.
 *
 * @returns how many references
 */
export function forgetMembers(
  db: Database,
  people: readonly PersonKey[],
  by: { readonly actor: string; readonly at: Instant },
): Promise<number> {
  return db.tx(async (sql) => {
    const { rows } = await sql.query<{ ref: string }>(
      `update person_ref set known_as = null, salt = null, sealed = null, erased_at = $2
      where erased_at is null and kind = 'member' and known_as = any($1) returning ref`,
      [people, by.at],
    );
    for (const { ref } of rows)
      await appendAuditLog(sql, { ...by, action: "person.forgotten", object: ref, detail: {} });
    return rows.length;
  });
}
