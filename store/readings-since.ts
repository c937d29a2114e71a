import type { Instant } from "../core/model.ts";
import type { Sql } from "./database.ts";

/** Audits and read-backs that have not ended, or began at `since` or later. */
export async function readingsSince(
  db: Sql,
  since: Instant,
): Promise<readonly { readonly id: string; readonly running: boolean }[]> {
  const { rows } = await db.query<{ id: string; running: boolean }>(
    `select id, state = 'running' as running from run
    where kind in ('audit', 'readback') and (state = 'running' or started_at >= $1) order by started_at, id`,
    [since],
  );
  return rows;
}
