import type pg from "pg";
import type { Column, TextRow } from "../sql/row.ts";
import { columnsOf } from "./columns.ts";
import { isPlain } from "./plain.ts";

/** Rows a round trip, some hundred kilobytes: between two of them the pages are served. */
export const BATCH = 2_000;
/** The most that a Redshift of one node gives at once. @see https://docs.aws.amazon.com/redshift/latest/dg/fetch.html, read 2026-11-26 */
const PLAIN_BATCH = 1_000;

export type Batch = { readonly columns: readonly Column[]; readonly rows: readonly TextRow[] };

/**
 * The rows of one query, a batch at a time; the last batch is shorter than `size`, down to none. Ends only when the
 * server says that the cursor is exhausted, throws otherwise. Needs a transaction, and takes the name `plumbline` in it.
 * `values` stand for $1, $2 … of the query.
 *
 * A cursor of the server, not pg-cursor's portal: there the statement timeout runs on while we write what we have read,
 * and a connection that is lost between two pages is never told (both seen with pg-cursor 2.22, Postgres 18).
 */
export async function* batches(
  client: pg.Client,
  sql: string,
  size: number = BATCH,
  values: readonly unknown[] = [],
): AsyncGenerator<Batch> {
  await declareCursor(client, sql, values);
  const most = isPlain(client) ? Math.min(size, PLAIN_BATCH) : size;
  for (;;) {
    const fetched = await client.query<(string | null)[]>({
      text: `fetch forward ${most} from plumbline`,
      rowMode: "array",
    });
    yield { columns: columnsOf(fetched.fields), rows: fetched.rows };
    if (fetched.rows.length < most) break;
  }
  await client.query("close plumbline");
}

/** Declares `plumbline`. Refuses what is not one query: the extended protocol takes no second statement after a semicolon. */
export async function declareCursor(
  client: pg.Client,
  sql: string,
  values: readonly unknown[] = [],
): Promise<void> {
  const declare: pg.QueryConfig & { readonly queryMode: "extended" } = {
    text: `declare plumbline ${isPlain(client) ? "" : "no scroll "}cursor for ${sql.replace(/[\s;]+$/, "")}`,
    queryMode: "extended",
    values: [...values],
  };
  await client.query(declare);
}
