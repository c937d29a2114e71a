import type { Sql } from "./database.ts";
import type { GateWindow } from "./insert-gate-check.ts";
import { toText } from "./storable.ts";

/** Gives the claim back after nobody could be told, so that the next try tells. */
export async function deleteGateCheck(db: Sql, w: GateWindow): Promise<void> {
  await db.query(
    "delete from gate_check where system = $1 and campaign = $2 and send_at = $3 and minutes_before = $4",
    [w.system, toText(w.campaign), w.sendAt, w.minutesBefore],
  );
}
