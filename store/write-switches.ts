import type { Sql } from "./database.ts";
import type { WriteSwitch } from "./put-write-switch.ts";

/** The last word on each system; one that is not among them is off. */
export async function writeSwitches(db: Sql): Promise<readonly WriteSwitch[]> {
  const { rows } = await db.query<WriteSwitch>(
    "select distinct on (system) system, enabled, at, person, reason from write_switch order by system, seq desc",
  );
  return rows;
}
