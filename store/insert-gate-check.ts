import type { GateAnswer } from "../core/gate.ts";
import type { Instant, SystemId } from "../core/model.ts";
import type { Sql } from "./database.ts";
import { toJson, toText } from "./storable.ts";

/** One of the looks at a send before it goes out. */
export type GateWindow = {
  readonly system: SystemId;
  readonly campaign: string;
  readonly sendAt: Instant;
  readonly minutesBefore: number;
};

/** Keeps what was found, and is the claim to tell it: false when this look was kept already, by whomever. */
export async function insertGateCheck(db: Sql, w: GateWindow, answer: GateAnswer): Promise<boolean> {
  const { count } = await db.query(
    `insert into gate_check (system, campaign, send_at, minutes_before, checked_at, verdict, people, reasons)
    values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`,
    [
      w.system,
      toText(w.campaign),
      w.sendAt,
      w.minutesBefore,
      answer.checkedAt,
      answer.verdict,
      answer.mustNot,
      toJson(answer.reasons),
    ],
  );
  return count === 1;
}
