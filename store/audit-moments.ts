import type { Instant, RunId } from "../core/model.ts";
import type { Sql } from "./database.ts";

/** An audit that was finished, and when its checks ran. */
export type AuditMoment = { readonly runId: RunId; readonly at: Instant };

/** All finished audits, oldest first; their readings may be forgotten already. */
export async function auditMoments(db: Sql): Promise<readonly AuditMoment[]> {
  const { rows } = await db.query<AuditMoment>(
    `select run.id as "runId", coalesce((select max(at) from check_result where run_id = run.id), ended_at, started_at) as at
    from run where kind = 'audit' and state = 'done' order by 2, run.id`,
  );
  return rows;
}
