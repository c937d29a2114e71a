import type { Database } from "./database.ts";

/** Back to an empty database that knows its secret and its migrations; for a demo whose making was interrupted. */
export async function clearHistory(db: Database): Promise<void> {
  await db.tx(async (tx) => {
    const { rows } = await tx.query<{ name: string }>(
      "select quote_ident(tablename) as name from pg_tables where schemaname = current_schema() and tablename not in ('meta', 'migration') order by 1",
    );
    await tx.query(`truncate ${rows.map((r) => r.name).join(", ")} restart identity`);
    await tx.query("delete from meta where key <> 'secret_fingerprint'");
  });
}
