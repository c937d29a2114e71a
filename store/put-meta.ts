import type { Sql } from "./database.ts";
import { toText } from "./storable.ts";

export async function putMeta(db: Sql, key: string, value: string): Promise<void> {
  await db.query(
    "insert into meta (key, value) values ($1, $2) on conflict (key) do update set value = excluded.value",
    [key, toText(value)],
  );
}
