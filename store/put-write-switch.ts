import type { Instant, SystemId } from "../core/model.ts";
import type { Database } from "./database.ts";
import { toText } from "./storable.ts";

export type WriteSwitch = {
  readonly system: SystemId;
  readonly enabled: boolean;
  readonly at: Instant;
  readonly person: string;
  readonly reason: string;
};

/** Keeps the decision. Switching off also asks every running plan that writes there to stop. Answers those plans. */
export function putWriteSwitch(db: Database, s: WriteSwitch): Promise<readonly number[]> {
  return db.tx(async (sql) => {
    await sql.query(
      "insert into write_switch (system, enabled, at, person, reason) values ($1, $2, $3, $4, $5)",
      [s.system, s.enabled, s.at, toText(s.person), toText(s.reason)],
    );
    if (s.enabled) return [];
    const { rows } = await sql.query<{ id: number }>(
      `update plan set stop_requested_by = coalesce(stop_requested_by, $2)
      where state in ('applying', 'verifying') and exists (select from change where plan_id = plan.id and system = $1)
      returning id`,
      [s.system, toText(`${s.person}, who switched writing off`)],
    );
    return rows.map((r) => r.id);
  });
}
