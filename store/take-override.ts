import type { Instant } from "../core/model.ts";
import type { Sql } from "./database.ts";

/** Uses the plan's override up; false: there is none, or it was used before. */
export async function takeOverride(db: Sql, planId: number, at: Instant): Promise<boolean> {
  const { count } = await db.query(
    "update size_override set used_at = $2 where plan_id = $1 and used_at is null",
    [planId, at],
  );
  return count === 1;
}
