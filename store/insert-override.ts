import { AuditorError } from "../core/errors.ts";
import type { SizeOverride } from "../core/repair.ts";
import type { Sql } from "./database.ts";
import { toText } from "./storable.ts";

/**
 * One override per plan, ever: of two that come at once, one is kept. False: there is one.
 *
 * @throws AuditorError stale: it is for another document than the plan's
 */
export async function insertOverride(
  db: Sql,
  planId: number,
  o: Omit<SizeOverride, "usedAt">,
): Promise<boolean> {
  const { count: same } = await db.query("select 1 from plan where id = $1 and hash = $2", [planId, o.hash]);
  if (same === 0)
    throw new AuditorError(
      "stale",
      `PL-${planId}`,
      "what was overridden is not this plan",
      "open the plan again and read it first",
    );
  const { count } = await db.query(
    "insert into size_override (plan_id, hash, person, at, reason) values ($1, $2, $3, $4, $5) on conflict do nothing",
    [planId, o.hash, toText(o.person), o.at, toText(o.reason)],
  );
  return count === 1;
}
