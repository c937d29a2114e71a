import { AuditorError } from "../core/errors.ts";
import type { Instant } from "../core/model.ts";
import { appendAuditLog } from "./append-audit-log.ts";
import type { Database } from "./database.ts";

/**
 * Erases who stands behind a reference of the log; the log itself stays as it is. Whoever acts again afterwards is a
 * new person to it. That somebody was forgotten is an entry, by reference alone.
 *
 * @param person the name of somebody of staff, or a reference
 * @throws AuditorError not_found
 */
export function forgetPerson(
  db: Database,
  person: string,
  by: { readonly actor: string; readonly at: Instant },
): Promise<string> {
  return db.tx(async (sql) => {
    const { rows } = await sql.query<{ ref: string }>(
      `update person_ref set known_as = null, salt = null, sealed = null, erased_at = $2
      where erased_at is null and (ref = $1 or (kind = 'staff' and known_as = $1)) returning ref`,
      [person, by.at],
    );
    const ref = rows[0]?.ref;
    if (ref === undefined)
      throw new AuditorError(
        "not_found",
        "audit log",
        "nobody of this name or reference is in it",
        "see plumbline audit-log list",
      );
    await appendAuditLog(sql, { ...by, action: "person.forgotten", object: ref, detail: {} });
    return ref;
  });
}
