import type { Instant } from "../core/model.ts";
import type { Sql } from "./database.ts";
import { toJson, toText } from "./storable.ts";

/** Who did what to what, in words. `object` is "PL-88", "INC-1042"; no personal data of members. */
export type AuditLogEntry = {
  readonly at: Instant;
  readonly actor: string;
  readonly action: string;
  readonly object: string;
  readonly detail: Readonly<Record<string, unknown>>;
};

export async function appendAuditLog(db: Sql, entry: AuditLogEntry): Promise<void> {
  await db.query("insert into audit_log (at, actor, action, object, detail) values ($1, $2, $3, $4, $5)", [
    entry.at,
    toText(entry.actor),
    toText(entry.action),
    toText(entry.object),
    toJson(entry.detail),
  ]);
}
