import pg from "pg";
import { deadCutter } from "./dead-cutter.ts";

type LivePool = {
  /** Lends a connection. `keep`: it goes back to the others afterwards, unless it was lost. */
  with<T>(work: (client: pg.PoolClient) => Promise<T>, keep: boolean, withinMs: number): Promise<T>;
  /** One statement; without an answer within so long (0: no limit) the connection is cut and counts as lost. */
  ask<R extends pg.QueryResultRow>(
    client: pg.PoolClient,
    text: string,
    values: readonly unknown[],
    withinMs: number,
  ): Promise<pg.QueryResult<R>>;
  end(): Promise<void>;
};

/**
 * A pool that notices connections whose other end is gone without a word. The server's own timeouts do not help
 * there, and TCP alone takes a quarter of an hour. Where one connection had to be given up, all that are as old are
 * under suspicion and are not lent again.
 *
 * @param toError the driver's error as one of ours
 */
export function livePool(config: pg.PoolConfig, toError: (error: unknown) => Error): LivePool {
  const pool = new pg.Pool(config);
  let era = 0;
  const born = new WeakMap<pg.PoolClient, number>();
  const broken = new WeakSet<pg.PoolClient>();
  pool.on("error", () => undefined); // an idle connection was cut; the pool drops it
  pool.on("connect", (client) => {
    born.set(client, era);
    // a connection in use that drops emits `error` beside failing its query; unheard it would end the process
    client.on("error", () => broken.add(client));
  });

  const cutDead = deadCutter(config, (client) => born.get(client) !== era);

  const discard = (client: pg.PoolClient): void => {
    client.connection.stream.destroy(); // a goodbye to nobody would keep its place in the pool for minutes
    client.release(true);
  };

  /** Waits for a connection, but no longer than the caller can; one that comes too late goes to the next. */
  async function take(withinMs: number): Promise<pg.PoolClient> {
    for (;;) {
      const waiting = pool.connect();
      const client = await (withinMs === 0 ? waiting : orLate(waiting, withinMs));
      if (client === null) {
        waiting.then(
          (late) => late.release(),
          () => undefined, // told already: too late
        );
        throw new Error("timeout exceeded when trying to connect");
      }
      if (!broken.has(client) && born.get(client) === era) return client;
      discard(client);
    }
  }

  return {
    async with(work, keep, withinMs) {
      const client = await take(withinMs).catch((error: unknown) => {
        throw toError(error);
      });
      let failed = false;
      try {
        return await work(client);
      } catch (error) {
        failed = isLoss(error);
        throw error;
      } finally {
        if (broken.has(client) || failed) discard(client);
        else client.release(!keep);
      }
    },
    async ask<R extends pg.QueryResultRow>(
      client: pg.PoolClient,
      text: string,
      values: readonly unknown[],
      withinMs: number,
    ) {
      let late = false;
      const timer =
        withinMs === 0
          ? null
          : setTimeout(() => {
              // A process that was stopped or busy finds its timers due before it reads: the answer may be there.
              setImmediate(() => {
                if (done) return;
                late = true;
                era += 1;
                cutDead.look();
                client.connection.stream.destroy();
              });
            }, withinMs);
      let done = false;
      const settle = cutDead.asks(client);
      try {
        return await client.query<R>(text, [...values]);
      } catch (error) {
        throw toError(late ? new Error(`no answer within ${withinMs / 1000} s`) : error);
      } finally {
        done = true;
        settle();
        if (timer !== null) clearTimeout(timer);
      }
    },
    end() {
      cutDead.stop();
      return pool.end();
    },
  };
}

/** null: it took longer. */
async function orLate<T>(work: Promise<T>, withinMs: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), withinMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

const isLoss = (error: unknown): boolean =>
  error instanceof Error && "kind" in error && (error.kind === "transient" || error.kind === "ambiguous");
