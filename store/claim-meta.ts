import type { Sql } from "./database.ts";

/** Puts the value unless there is one already; answers the value that stands now. Safe with many starters. */
export async function claimMeta(db: Sql, key: string, value: string): Promise<string> {
  await db.query("insert into meta (key, value) values ($1, $2) on conflict (key) do nothing", [key, value]);
  const { rows } = await db.query<{ value: string }>("select value from meta where key = $1", [key]);
  return rows[0]?.value ?? value;
}
