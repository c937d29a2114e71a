import { type ChainEntry, isCanonical } from "./audit-chain.ts";
import type { Sql } from "./database.ts";
import type { Item } from "./verify-chain.ts";

const PAGE = 2_000;

/**
 * The log in its order, exactly as kept, page by page. A row whose time or detail is not spelled as we write it is null.
 *
 * @param after the number before the first one wanted; 0: from the beginning
 */
export async function* auditLogEntries(db: Sql, after: number): AsyncGenerator<Item> {
  for (let last = after, first = true; ; first = false) {
    // microseconds, since an entry has milliseconds: anything finer was put in later
    const { rows } = await db.query<ChainEntry>(
      `select seq, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, actor, action, object,
        detail::text as detail, prev, hash
      from audit_log where seq > $1 or ($2 and $1 = 0) order by seq limit ${PAGE}`,
      [last, first],
    );
    for (const row of rows) {
      const at = row.at?.replace(/000Z$/, "Z");
      yield at != null && isCanonical(row.detail) ? { ...row, at } : null;
    }
    const end = rows.at(-1);
    if (end === undefined || rows.length < PAGE) return;
    last = end.seq;
  }
}
