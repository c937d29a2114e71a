import type { AuditLogEntry } from "./append-audit-log.ts";
import type { Sql } from "./database.ts";

export type ListedEntry = AuditLogEntry & { readonly seq: number };

/** Newest first, with the names of people as far as they are known. `object`: only entries about this one. */
export async function listAuditLog(
  db: Sql,
  filter: { readonly object?: string; readonly limit: number },
): Promise<readonly ListedEntry[]> {
  const { rows } = await db.query<ListedEntry>(
    `select l.seq, l.at, l.action, l.object, l.detail,
      case when p.erased_at is not null then 'erased person' when p.kind = 'staff' then p.known_as else l.actor end as actor
    from audit_log as l left join person_ref as p on p.ref = l.actor
    where $1::text is null or l.object = $1 order by l.seq desc limit $2`,
    [filter.object ?? null, filter.limit],
  );
  return rows;
}
