import type { Instant } from "../core/model.ts";
import type { Database } from "./database.ts";

/**
 * Forgets readings, comparisons, overlaps, check results and states of streams older than the retention. The latest
 * complete reading of every segment stays, and so do incidents, plans and their journal.
 *
 * @returns set files that nothing refers to any more, relative to the data folder, for the caller to delete
 */
export function pruneSnapshots(db: Database, before: Instant): Promise<readonly string[]> {
  return db.tx(async (sql) => {
    await sql.query("delete from check_result where at < $1", [before]);
    await sql.query("delete from comparison where as_of < $1", [before]);
    await sql.query("delete from overlap where run_id in (select id from run where started_at < $1)", [
      before,
    ]);
    await sql.query("delete from stream_state where last_at < $1", [before]);
    const { rows } = await sql.query<{ file: string | null }>(
      `with kept as (
        select distinct on (system, coalesce(audience, '')) id from snapshot
        where coverage = 'complete' order by system, coalesce(audience, ''), taken_at desc, id desc
      )
      delete from snapshot where taken_at < $1 and id not in (select id from kept) returning set_file as file`,
      [before],
    );
    return rows.flatMap((row) => (row.file === null ? [] : [row.file]));
  });
}
