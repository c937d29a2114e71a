import { NOTHING_BEFORE } from "./audit-chain.ts";
import type { Sql } from "./database.ts";

/** The newest entry; `seq` 0: the log is empty. */
export type LogHead = { readonly seq: number; readonly hash: string };

export async function auditLogHead(db: Sql): Promise<LogHead> {
  const { rows } = await db.query<LogHead>("select seq, hash from audit_log order by seq desc limit 1");
  return rows[0] ?? { seq: 0, hash: NOTHING_BEFORE };
}
