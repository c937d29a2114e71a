import type { Sql } from "./database.ts";

/** A small value kept under a name; null: never put. */
export async function getMeta(db: Sql, key: string): Promise<string | null> {
  const { rows } = await db.query<{ value: string }>("select value from meta where key = $1", [key]);
  return rows[0]?.value ?? null;
}
