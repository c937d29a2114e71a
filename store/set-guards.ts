import type { ApprovalNeed, GuardVerdict } from "../core/repair.ts";
import type { Sql } from "./database.ts";
import { toJson } from "./storable.ts";

export async function setGuards(
  db: Sql,
  id: number,
  guards: readonly GuardVerdict[],
  need: ApprovalNeed,
): Promise<void> {
  await db.query("update plan set guards = $2, need = $3 where id = $1", [id, toJson(guards), need]);
}
