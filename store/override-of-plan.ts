import type { SizeOverride } from "../core/repair.ts";
import type { Sql } from "./database.ts";

export async function overrideOfPlan(db: Sql, planId: number): Promise<SizeOverride | null> {
  const { rows } = await db.query<SizeOverride>(
    `select person, at, hash, reason, used_at as "usedAt" from size_override where plan_id = $1`,
    [planId],
  );
  return rows[0] ?? null;
}
