import type { ApprovalNeed, GuardVerdict, PlanDoc } from "../core/repair.ts";
import type { Sql } from "./database.ts";
import { PLAN_COLUMNS, type PlanRow } from "./plan-row.ts";
import { toJson } from "./storable.ts";

/** The plan's row, its document without the changes. A new plan is a `draft`. */
export async function insertPlan(
  sql: Sql,
  doc: PlanDoc,
  hash: string,
  guards: readonly GuardVerdict[],
  need: ApprovalNeed,
): Promise<PlanRow> {
  const { rows } = await sql.query<PlanRow>(
    `insert into plan (hash, state, audience, incident_id, undoes, author, created_at, expires_at, doc, guards, need)
    values ($1, 'draft', $2, $3, $4, $5, $6, $7, $8, $9, $10) returning ${PLAN_COLUMNS}`,
    [
      hash,
      doc.audience,
      doc.incidentId,
      doc.undoes,
      doc.author,
      doc.createdAt,
      doc.expiresAt,
      JSON.stringify({ ...doc, changes: [] }),
      toJson(guards),
      need,
    ],
  );
  const [row] = rows;
  if (row === undefined) throw new RangeError("insert … returning gave no row");
  return row;
}
