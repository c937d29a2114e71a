import type { Instant } from "../core/model.ts";
import type { Sql } from "./database.ts";

/** Number of the first entry of that time or later; null: there is none. */
export async function auditLogSince(db: Sql, at: Instant): Promise<number | null> {
  const { rows } = await db.query<{ seq: number | null }>(
    "select min(seq) as seq from audit_log where at >= $1",
    [at],
  );
  return rows[0]?.seq ?? null;
}
