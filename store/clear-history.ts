import type { Database } from "./database.ts";

/**
 * Back to a database that knows its secret, its migrations and its log of who did what; for a demo whose making was
 * interrupted. Only the owner of the tables may.
 */
export async function clearHistory(db: Database): Promise<void> {
  await db.tx(async (tx) => {
    const { rows } = await tx.query<{ name: string }>(
      "select quote_ident(tablename) as name from pg_tables where schemaname = current_schema() and tablename not in ('meta', 'migration', 'audit_log', 'person_ref') order by 1",
    );
    await tx.query(`truncate ${rows.map((r) => r.name).join(", ")} restart identity`);
    await tx.query("delete from meta where key <> 'secret_fingerprint'");
  });
}
