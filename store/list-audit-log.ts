import type { AuditLogEntry } from "./append-audit-log.ts";
import type { Sql } from "./database.ts";

/** Newest first. `object`: only entries about this one. */
export async function listAuditLog(
  db: Sql,
  filter: { readonly object?: string; readonly limit: number },
): Promise<readonly AuditLogEntry[]> {
  const { rows } = await db.query<AuditLogEntry>(
    "select at, actor, action, object, detail from audit_log where $1::text is null or object = $1 order by seq desc limit $2",
    [filter.object ?? null, filter.limit],
  );
  return rows;
}
