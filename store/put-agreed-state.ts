import type { Sql } from "./database.ts";
import type { AgreedRow } from "./get-agreed-state.ts";

/** Points to the file of the latest run; commit it once the file is on the disk. */
export async function putAgreedState(db: Sql, row: AgreedRow): Promise<void> {
  await db.query(
    `insert into agreed_state (audience, run_id, carried_at, epoch, set_file) values ($1, $2, $3, $4, $5)
    on conflict (audience) do update set run_id = excluded.run_id, carried_at = excluded.carried_at,
      epoch = excluded.epoch, set_file = excluded.set_file`,
    [row.audience, row.runId, row.carriedAt, row.epoch, row.setFile],
  );
}
