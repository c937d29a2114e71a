import type { ApprovalNeed, GuardVerdict } from "../core/repair.ts";
import type { Sql } from "./database.ts";
import { toJson } from "./storable.ts";

/** Once it has started, what it started under stays: a late look from elsewhere counts the plan's own effects against it. */
export async function setGuards(
  db: Sql,
  id: number,
  guards: readonly GuardVerdict[],
  need: ApprovalNeed,
): Promise<void> {
  await db.query(
    "update plan set guards = $2, need = $3 where id = $1 and state in ('draft', 'checked', 'approved')",
    [id, toJson(guards), need],
  );
}
