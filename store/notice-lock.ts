import type { Database } from "./database.ts";

/** Any number that nothing else in this database locks. */
const KEY = 7_586_462_046;

/**
 * Runs the work while no other process sends notices: two senders would post the same incident twice.
 * null: another one sends now. The lock ends with the connection, so a killed sender blocks nobody; it is given back
 * by hand all the same, since the server notices a closed connection only a moment later.
 */
export function withNoticeLock<T>(db: Database, work: () => Promise<T>): Promise<T | null> {
  return db.session(async (sql) => {
    const { rows } = await sql.query<{ got: boolean }>("select pg_try_advisory_lock($1::bigint) as got", [
      KEY,
    ]);
    if (rows[0]?.got !== true) return null;
    try {
      return await work();
    } finally {
      await sql.query("select pg_advisory_unlock($1::bigint)", [KEY]);
    }
  });
}
