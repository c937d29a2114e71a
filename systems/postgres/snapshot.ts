import type pg from "pg";
import type { Clock } from "../../core/clock.ts";
import { type Instant, instant } from "../../core/model.ts";
import { instantOf } from "../sql/row.ts";
import { isDeclined } from "./error.ts";
import { callPlain, isPlain } from "./plain.ts";

/**
 * Begins the one transaction of a read: REPEATABLE READ, so that all its statements see one moment, and READ ONLY.
 *
 * @returns that moment: the server's clock, on a replica that lags the last replayed transaction; never later than our
 *   own clock, so that a server ahead of us cannot date a reading into the future. Of a server that cannot be asked for it,
 *   our own clock before the transaction
 */
export async function beginSnapshot(client: pg.Client, clock: Clock): Promise<Instant> {
  const before = instant(clock.now());
  await begin(client);
  if (isPlain(client)) return before;
  try {
    return await momentOf(client, clock);
  } catch (e) {
    if (!isDeclined(e)) throw e;
  }
  await client.query("rollback");
  const again = instant(clock.now());
  await begin(client);
  return again;
}

const BEGIN = "begin transaction isolation level repeatable read read only";

/** A server is found plain here, in the same way there and back that begins the transaction. */
async function begin(client: pg.Client): Promise<void> {
  if (!isPlain(client)) {
    try {
      await client.query(`${BEGIN}; savepoint plumbline; release savepoint plumbline`);
      return;
    } catch (e) {
      if (!isDeclined(e)) throw e;
    }
    callPlain(client);
    await client.query("rollback");
  }
  await client.query(BEGIN);
}

async function momentOf(client: pg.Client, clock: Clock): Promise<Instant> {
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
