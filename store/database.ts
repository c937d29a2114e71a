import pg from "pg";
import { AuditorError, isKind } from "../core/errors.ts";
import { databaseError, type SqlCause } from "./database-error.ts";

export type Row = Record<string, unknown>;

/** Runs one statement with parameters. Times come as ISO-8601 UTC text (`Instant`), bigint as number. */
export type Sql = {
  query<R extends Row = Row>(
    text: string,
    values?: readonly unknown[],
  ): Promise<{ readonly rows: readonly R[]; readonly count: number }>;
};

export type Database = Sql & {
  /** Host, port and database for messages; no password. */
  readonly where: string;
  /** One transaction; repeated up to twice when Postgres asks for it (serialisation, deadlock). */
  tx<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
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

const broken = (error: unknown): boolean =>
  isKind(error, "transient") && /cannot be reached|connection was lost/.test(error.message);

/**
 * Opens a pool and proves that it answers. A connection that drops later never crashes the process: the query in
 * flight fails with kind "transient" and the next one gets a new connection.
 *
 * @throws AuditorError auth, config, transient; names host and database, never the password
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const where = describe(options.url);
  const timeout = options.statementTimeoutMs ?? 60_000;
  const pool = new pg.Pool({
    connectionString: options.url,
    application_name: options.applicationName,
    max: options.connections ?? 10,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    statement_timeout: timeout,
    lock_timeout: 30_000,
    idle_in_transaction_session_timeout: 120_000,
    types: { getTypeParser: typeParser },
  });
  pool.on("error", () => undefined); // an idle connection was cut; the pool drops it

  const on = (client: pg.Pool | pg.PoolClient): Sql => ({
    async query<R extends Row>(text: string, values: readonly unknown[] = []) {
      try {
        const result = await client.query<R>(text, [...values]);
        return { rows: result.rows, count: result.rowCount ?? 0 };
      } catch (error) {
        throw databaseError(where, error);
      }
    },
  });

  /** A connection in use that drops emits `error` beside failing its query; unheard it would end the process. */
  const withClient = async <T>(work: (client: pg.PoolClient) => Promise<T>, keep: boolean): Promise<T> => {
    const client = await pool.connect().catch((error: unknown) => {
      throw databaseError(where, error);
    });
    let dropped = false;
    const heard = () => {
      dropped = true;
    };
    client.on("error", heard);
    let lost = false;
    try {
      return await work(client);
    } catch (error) {
      lost = broken(error);
      throw error;
    } finally {
      client.off("error", heard);
      if (dropped) client.on("error", () => undefined);
      client.release(!keep || dropped || lost);
    }
  };

  const once = <T>(work: (sql: Sql) => Promise<T>): Promise<T> =>
    withClient(async (client) => {
      const sql = on(client);
      await sql.query("begin");
      try {
        const result = await work(sql);
        await sql.query("commit");
        return result;
      } catch (error) {
        await client.query("rollback").catch(() => undefined); // the first error is the one to tell
        throw error;
      }
    }, true);

  const database: Database = {
    ...on(pool),
    where,
    async tx(work) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await once(work);
        } catch (error) {
          if (attempt === 3 || !mayRepeat(error)) throw error;
        }
      }
    },
    session: (work) =>
      withClient(async (client) => {
        const sql = on(client);
        await sql.query("set statement_timeout = 0; set lock_timeout = 0");
        return work(sql);
      }, false),
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

function mayRepeat(error: unknown): boolean {
  const state =
    error instanceof AuditorError ? (error.cause as Partial<SqlCause> | undefined)?.sqlState : null;
  return state === "40001" || state === "40P01";
}
