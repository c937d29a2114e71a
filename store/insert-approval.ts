import { AuditorError } from "../core/errors.ts";
import type { Sql } from "./database.ts";
import type { Approval } from "./plan-row.ts";
import { toJson, toText } from "./storable.ts";

/**
 * Binds a person to the hash of the plan. The same person twice changes nothing.
 *
 * @throws AuditorError stale: the approval is for another document than the plan's
 */
export async function insertApproval(db: Sql, planId: number, approval: Approval): Promise<void> {
  const { count } = await db.query("select 1 from plan where id = $1 and hash = $2", [planId, approval.hash]);
  if (count === 0)
    throw new AuditorError(
      "stale",
      `PL-${planId}`,
      "what was approved is not this plan",
      "open the plan again and read it before you approve",
    );
  await db.query(
    "insert into approval (plan_id, person, at, hash, confirmed, most) values ($1, $2, $3, $4, $5, $6) on conflict do nothing",
    [
      planId,
      toText(approval.person),
      approval.at,
      approval.hash,
      toText(approval.confirmed),
      approval.most == null ? null : toJson(approval.most),
    ],
  );
}
