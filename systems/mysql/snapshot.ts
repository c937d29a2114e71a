import type { Clock } from "../../core/clock.ts";
import { type Instant, instant } from "../../core/model.ts";
import { instantOf } from "../sql/row.ts";
import { type Client, run, texts } from "./connect.ts";

/**
 * Begins the one transaction of a read: REPEATABLE READ with a consistent snapshot, so that all its statements see one
 * moment, and READ ONLY. Tables that are not transactional (MyISAM, Aria) are read as they are then.
 *
 * @returns that moment: the server's clock, never later than our own, so that a server ahead of us cannot date a reading
 *   into the future
 */
export async function beginSnapshot(client: Client, clock: Clock): Promise<Instant> {
  await run(client.connection, "set session transaction isolation level repeatable read");
  const [row] = await texts(
    client.connection,
    "select date_format(utc_timestamp(3), '%Y-%m-%d %H:%i:%s.%f')",
  );
  await run(client.connection, "start transaction with consistent snapshot, read only");
  const now = clock.now();
  const server = instantOf(row?.[0] ?? null);
  return server !== null && Date.parse(server) < now.getTime() ? server : instant(now);
}
