import type { Sql } from "./database.ts";

/** Set files that a reading or the last agreed state refers to, relative to the data folder: the sweep at start-up deletes all others. */
export async function knownSetFiles(db: Sql): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ file: string }>(
    "select set_file as file from snapshot where set_file is not null union select set_file from agreed_state",
  );
  return new Set(rows.map((row) => row.file));
}
