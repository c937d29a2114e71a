import type { Instant } from "../core/model.ts";
import type { Sql } from "./database.ts";

export type Review = { readonly person: string; readonly at: Instant };

export async function reviewOfPlan(db: Sql, planId: number): Promise<Review | null> {
  const { rows } = await db.query<Review>("select person, at from plan_review where plan_id = $1", [planId]);
  return rows[0] ?? null;
}
