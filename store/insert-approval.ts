import { AuditorError } from "../core/errors.ts";
import { appendAuditLog } from "./append-audit-log.ts";
import type { Database } from "./database.ts";
import type { Approval } from "./plan-row.ts";
import { toJson, toText } from "./storable.ts";

/**
 * Binds a person to the hash of the plan, and says so in the audit log: both or neither. The same person twice changes
 * nothing.
 *
 * @throws AuditorError stale: the approval is for another document than the plan's
 */
export async function insertApproval(db: Database, planId: number, approval: Approval): Promise<void> {
  const { person, at, hash, confirmed, most } = approval;
  await db.tx(async (sql) => {
    const known = await sql.query("select 1 from plan where id = $1 and hash = $2", [planId, hash]);
    if (known.count === 0)
      throw new AuditorError(
        "stale",
        `PL-${planId}`,
        "what was approved is not this plan",
        "open the plan again and read it before you approve",
      );
    const { count } = await sql.query(
      "insert into approval (plan_id, person, at, hash, confirmed, most) values ($1, $2, $3, $4, $5, $6) on conflict do nothing",
      [planId, toText(person), at, hash, toText(confirmed), most == null ? null : toJson(most)],
    );
    if (count === 0) return;
    await appendAuditLog(sql, {
      at,
      actor: person,
      action: "plan.approved",
      object: `PL-${planId}`,
      detail: { hash, confirmed, most: most ?? null },
    });
  });
}
