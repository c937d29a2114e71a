import type { Instant } from "../core/model.ts";
import type { Sql } from "./database.ts";
import { toText } from "./storable.ts";

/** False: somebody reviewed it before. */
export async function insertReview(db: Sql, planId: number, person: string, at: Instant): Promise<boolean> {
  const { count } = await db.query(
    "insert into plan_review (plan_id, person, at) values ($1, $2, $3) on conflict do nothing",
    [planId, toText(person), at],
  );
  return count === 1;
}
