import { SOON_MS, type Sql } from "./database.ts";
import { toText } from "./storable.ts";

/** The first who asks is kept. */
export async function requestStop(db: Sql, id: number, by: string): Promise<void> {
  await db.query("update plan set stop_requested_by = coalesce(stop_requested_by, $2) where id = $1", [
    id,
    toText(by),
  ]);
}

export async function stopRequested(db: Sql, id: number): Promise<boolean> {
  const { count } = await db.query(
    "select 1 from plan where id = $1 and stop_requested_by is not null",
    [id],
    SOON_MS,
  );
  return count === 1;
}
