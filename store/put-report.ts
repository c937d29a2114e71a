import type { Instant } from "../core/model.ts";
import type { Sql } from "./database.ts";
import { toJson } from "./storable.ts";

/** Keeps the content of a week's report ("2026-W47"), replacing an earlier one. No personal data. */
export async function putReport(db: Sql, week: string, createdAt: Instant, content: unknown): Promise<void> {
  await db.query(
    "insert into report (week, created_at, content) values ($1, $2, $3) on conflict (week) do update set created_at = excluded.created_at, content = excluded.content",
    [week, createdAt, toJson(content)],
  );
}
