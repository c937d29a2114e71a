import pg from "pg";
import { AuditorError, isKind } from "../core/errors.ts";
import { databaseError, type SqlCause } from "./database-error.ts";
import { livePool } from "./live-pool.ts";

export type Row = Record<string, unknown>;

/**
 * Runs one statement with parameters. Times come as ISO-8601 UTC text (`Instant`), bigint as number.
 * After a lost connection nobody knows whether a write was kept: read before you write again.
 */
export type Sql = {
  /** @param withinMs what has no answer by then fails as a lost connection; default: a little over the statement timeout */
  query<R extends Row = Row>(
    text: string,
    values?: readonly unknown[],
    withinMs?: number,
  ): Promise<{ readonly rows: readonly R[]; readonly count: number }>;
};

/**
 * For what a plan's lease depends on. A connection that lost its other end without a word (a firewall that forgot it,
 * a host that vanished) is noticed within a third of the lease, so that two thirds after the last renewal nothing is
 * sent to a vendor any more.
 */
export const SOON_MS = 5_000;

export type Database = Sql & {
  /** Host, port and database for messages; no password. */
  readonly where: string;
  /**
   * One transaction; repeated up to twice when Postgres asks for it (serialisation, deadlock), and never when the
   * connection was lost.
   *
   * @throws AuditorError ambiguous: the connection was lost at the commit, so only reading can tell whether it was kept
   */
  tx<T>(work: (sql: Sql) => Promise<T>, withinMs?: number): Promise<T>;
  /** One connection of its own without time limits, closed afterwards: for session locks. */
  session<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  close(): Promise<void>;
};

export type DatabaseOptions = {
  /** postgres://user:password@host:port/database, a direct connection (session locks do not survive a pooler). */
  readonly url: string;
  readonly applicationName: string;
  /** Default 10. */
  readonly connections?: number;
  /** Default 60 s; 0: none. */
  readonly statementTimeoutMs?: number;
};

/** timestamptz as ISO text and bigint as number: the program knows times as `Instant` and counts as number. */
function typeParser(oid: number, format?: "text" | "binary"): (value: string) => unknown {
  const standard = pg.types.getTypeParser(oid, format === "binary" ? "text" : format);
  if (oid === pg.types.builtins.TIMESTAMPTZ) {
    return (value) => {
      const date: unknown = standard(value);
      return date instanceof Date ? date.toISOString() : null; // ±infinity: no moment
    };
  }
  if (oid === pg.types.builtins.INT8) return Number;
  return standard;
}

function describe(url: string): string {
  try {
    const { hostname, port, pathname } = new URL(url);
    return `database ${hostname || "local"}:${port || "5432"}${pathname}`;
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new AuditorError(
      "config",
      "DATABASE_URL",
      "it is not an address",
      "write postgres://user:password@host:5432/database",
    );
  }
}

/** What the server is told at the start of each connection. It, too, must notice a client that vanished, or its locks stay. */
const SERVER_SIDE =
  "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c tcp_user_timeout=20000";
const CONNECT_MS = 10_000;

/**
 * Opens a pool and proves that it answers. A connection that drops later never crashes the process: the query in
 * flight fails with kind "transient" and the next one gets a new connection.
 *
 * @throws AuditorError auth, config, transient; names host and database, never the password
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const where = describe(options.url);
  const timeout = options.statementTimeoutMs ?? 60_000;
  const patience = timeout === 0 ? 0 : timeout + 5_000;
  const pool = livePool(
    {
      connectionString: options.url,
      application_name: options.applicationName,
      max: options.connections ?? 10,
      connectionTimeoutMillis: CONNECT_MS,
      idleTimeoutMillis: 30_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 5_000,
      options: SERVER_SIDE,
      statement_timeout: timeout,
      lock_timeout: 30_000,
      idle_in_transaction_session_timeout: 30_000,
      types: { getTypeParser: typeParser },
    },
    (error) => databaseError(where, error),
  );

  const on = (client: pg.PoolClient, usual: number): Sql => ({
    async query<R extends Row>(text: string, values: readonly unknown[] = [], withinMs = usual) {
      const result = await pool.ask<R>(client, text, values, withinMs);
      return { rows: result.rows, count: result.rowCount ?? 0 };
    },
  });

  const once = <T>(work: (sql: Sql) => Promise<T>, withinMs: number): Promise<T> =>
    pool.with(
      async (client) => {
        const sql = on(client, withinMs);
        await sql.query("begin");
        try {
          const result = await work(sql);
          await commit(where, sql);
          return result;
        } catch (error) {
          // The first error is the one to tell. Nothing can be said over a lost connection; the server rolls back.
          if (!isKind(error, "ambiguous"))
            await pool.ask(client, "rollback", [], SOON_MS).catch(() => undefined);
          throw error;
        }
      },
      true,
      withinMs,
    );

  const database: Database = {
    query: (text, values, withinMs = patience) =>
      pool.with((client) => on(client, withinMs).query(text, values), true, withinMs),
    where,
    async tx(work, withinMs = patience) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await once(work, withinMs);
        } catch (error) {
          if (attempt === 3 || !mayRepeat(error)) throw error;
        }
      }
    },
    session: (work) =>
      pool.with(
        async (client) => {
          const sql = on(client, 0);
          await sql.query("set statement_timeout = 0; set lock_timeout = 0", [], patience);
          return work(sql);
        },
        false,
        patience,
      ),
    close: () => pool.end(),
  };
  try {
    await database.query("select 1");
  } catch (error) {
    await pool.end();
    throw error;
  }
  return database;
}

/** The answer to a commit is the only proof of it: without one, neither "kept" nor "not kept" may be assumed. */
async function commit(where: string, sql: Sql): Promise<void> {
  try {
    await sql.query("commit");
  } catch (cause) {
    if (!isKind(cause, "transient") || mayRepeat(cause)) throw cause;
    throw new AuditorError(
      "ambiguous",
      where,
      "the connection was lost at the commit: nobody knows whether it was kept",
      "look at what is there before you do it again",
      { cause },
    );
  }
}

function mayRepeat(error: unknown): boolean {
  const state =
    error instanceof AuditorError ? (error.cause as Partial<SqlCause> | undefined)?.sqlState : null;
  return state === "40001" || state === "40P01";
}
