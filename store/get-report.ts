import type { Instant } from "../core/model.ts";
import type { Sql } from "./database.ts";

export type StoredReport = { readonly week: string; readonly createdAt: Instant; readonly content: unknown };

/** `week` null: the latest. */
export async function getReport(db: Sql, week: string | null): Promise<StoredReport | null> {
  const { rows } = await db.query<StoredReport>(
    `select week, created_at as "createdAt", content from report where $1::text is null or week = $1 order by week desc limit 1`,
    [week],
  );
  return rows[0] ?? null;
}
