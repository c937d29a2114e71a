import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";

const AGAIN_MS = 1_000;
const CONNECT_MS = 3_000;
/** An answer may be on its way; a question, too. */
const PENDING_MS = 1_000;

export type DeadCutter = {
  /** Notes that a question is open on this connection, until the answer calls what is returned. */
  asks(client: pg.PoolClient): () => void;
  /** One connection was found dead: looks after the others as soon as the server can be reached. */
  look(): void;
  stop(): void;
};

/**
 * A query may take a minute, so silence alone does not prove that its connection is dead. The server knows: a session
 * that waits for a question that we believe to have asked never got it, or its answer was lost. Such connections are cut,
 * so that after an outage nobody waits a minute for each of them.
 *
 * @param suspected is this connection as old as one that was found dead?
 */
export function deadCutter(config: pg.PoolConfig, suspected: (client: pg.PoolClient) => boolean): DeadCutter {
  const open = new Map<pg.PoolClient, number>();
  let looking = false;
  let stopped = false;
  const suspects = () =>
    [...open].filter(([client, since]) => suspected(client) && process.uptime() * 1_000 - since > PENDING_MS);

  async function lookOnce(): Promise<boolean> {
    const asked = suspects();
    const pids = asked.map(([client]) => sessionOf(client));
    const busy = await busySessions(config, pids);
    if (busy === null) return false;
    for (const [client, since] of asked) {
      const same = open.get(client) === since;
      if (same && !busy.has(sessionOf(client))) client.connection.stream.destroy();
    }
    return true;
  }
  async function lookUntilClear(): Promise<void> {
    while (!stopped && [...open.keys()].some(suspected)) {
      await sleep(AGAIN_MS, undefined, { ref: false });
      if (suspects().length > 0) await lookOnce();
    }
  }
  return {
    asks(client) {
      open.set(client, process.uptime() * 1_000);
      return () => open.delete(client);
    },
    look() {
      if (looking) return;
      looking = true;
      lookUntilClear()
        .catch(() => undefined) // the next dead one looks again
        .finally(() => {
          looking = false;
        });
    },
    stop() {
      stopped = true;
    },
  };
}

/** The driver keeps the server's process number without telling so in its types; 0: not connected yet. */
const sessionOf = (client: pg.PoolClient): number =>
  "processID" in client && typeof client.processID === "number" ? client.processID : 0;

/** Which of these sessions work on a question, asked over a connection of its own; null: the server cannot be reached. */
async function busySessions(
  config: pg.PoolConfig,
  pids: readonly number[],
): Promise<ReadonlySet<number> | null> {
  const client = new pg.Client({ ...config, connectionTimeoutMillis: CONNECT_MS, query_timeout: CONNECT_MS });
  client.on("error", () => undefined); // the question below tells
  try {
    await client.connect();
    const { rows } = await client.query<{ pid: number }>(
      "select pid from pg_stat_activity where pid = any($1::int[]) and state = 'active'",
      [pids],
    );
    return new Set(rows.map((r) => r.pid));
  } catch (cause) {
    if (cause instanceof Error) return null;
    throw cause;
  } finally {
    client.connection.stream.destroy();
  }
}
