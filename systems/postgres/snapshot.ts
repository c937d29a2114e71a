import type pg from "pg";
import type { Clock } from "../../core/clock.ts";
import { type Instant, instant } from "../../core/model.ts";
import { instantOf } from "../sql/row.ts";

/**
 * Begins the one transaction of a read: REPEATABLE READ, so that all its statements see one moment, and READ ONLY.
 *
 * @returns that moment: the server's clock, on a replica that lags the last replayed transaction; never later than our
 *   own clock, so that a server ahead of us cannot date a reading into the future
 */
export async function beginSnapshot(client: pg.Client, clock: Clock): Promise<Instant> {
  await client.query("begin transaction isolation level repeatable read read only");
  // the first query takes the snapshot
  const { rows } = await client.query<{
    now: string;
    replayed: string | null;
    replica: string;
    current: string | null;
  }>(
    `select clock_timestamp() as now, pg_is_in_recovery() as replica, pg_last_xact_replay_timestamp() as replayed,
       pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()
         and exists (select 1 from pg_stat_wal_receiver where pid is not null) as current`,
  );
  const row = rows[0];
  const now = clock.now();
  const server = instantOf(row?.now ?? null);
  const replayed = instantOf(row?.replayed ?? null);
  const shown = row?.replica === "t" && row.current !== "t" && replayed !== null ? replayed : server;
  return shown !== null && Date.parse(shown) < now.getTime() ? shown : instant(now);
}
