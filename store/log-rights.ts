import type { Sql } from "./database.ts";

/** What the connected role could do to the log besides adding to it. */
export type LogRights = {
  readonly role: string;
  readonly owner: string;
  /** It may change, take away or empty entries, or switch off what refuses that. */
  readonly mayTamper: boolean;
};

export async function logRights(db: Sql): Promise<LogRights> {
  const { rows } = await db.query<LogRights>(
    `select current_user as role, relowner::regrole::text as owner,
      pg_has_role(relowner, 'member') or has_table_privilege(oid, 'update, delete, truncate, trigger') as "mayTamper"
    from pg_class where oid = to_regclass('audit_log')`,
  );
  return rows[0] ?? { role: "?", owner: "?", mayTamper: true };
}
