import { Socket } from "node:net";
import mysql, { type Connection, type ConnectionOptions, type TypeCastField } from "mysql2";
import { placeOf } from "./dsn.ts";
import { mysqlError } from "./error.ts";

export type ConnectOptions = {
  readonly where: string;
  readonly dsn: string;
  /** Every transaction of this connection is READ ONLY unless it says otherwise. */
  readonly readOnly: boolean;
  /** Longest statement; a streamed read is watched by us instead (stream.ts). */
  readonly statementTimeoutSeconds: number;
};
export type Client = {
  readonly connection: Connection;
  readonly where: string;
  readonly dsn: string;
  readonly limitMs: number;
  readonly mariadb: boolean;
  readonly encrypted: boolean;
};

/** A streamed statement runs as long as we read it; this only ends what we have lost sight of. */
const FORGOTTEN_SECONDS = 6 * 3600;
/** The server ends a connection whose client pauses longer (its default: 60 s); we pause to write what we read. */
const PAUSE_SECONDS = 3600;

/** Every value as the bytes that the server sent: no rounding of numbers, no dates in our time zone. */
const asBytes = (field: TypeCastField): Buffer | null => field.buffer();

function optionsOf(where: string, dsn: string): ConnectionOptions {
  const p = placeOf(where, dsn);
  return {
    ...(p.socketPath === null ? { host: p.host, port: p.port } : { socketPath: p.socketPath }),
    user: p.user,
    password: p.password,
    ...(p.database === null ? {} : { database: p.database }),
    ...(p.ssl === null ? {} : { ssl: p.ssl }),
    charset: "utf8mb4",
    connectTimeout: 10_000,
    rowsAsArray: true,
    typeCast: asBytes,
    multipleStatements: false,
    // names of columns come from the configuration's SQL and must not become code
    disableEval: true,
    // a server must not be able to ask for our files
    flags: ["-LOCAL_FILES"],
    connectAttributes: { program_name: "plumbline" },
  };
}

async function open(where: string, dsn: string): Promise<Connection> {
  const connection = mysql.createConnection(optionsOf(where, dsn));
  // without a listener a connection lost between two queries would end the process; the next query tells
  connection.on("error", () => undefined);
  try {
    await connection.promise().connect();
    return connection;
  } catch (e) {
    connection.destroy();
    throw mysqlError(where, e);
  }
}

/** @throws AuditorError config | auth | transient; never with the connection string in it */
export async function connect(o: ConnectOptions): Promise<Client> {
  const connection = await open(o.where, o.dsn);
  try {
    const [row] = await texts(connection, "select version()");
    const mariadb = /mariadb/i.test(row?.[0] ?? "");
    const seconds = o.readOnly ? FORGOTTEN_SECONDS : o.statementTimeoutSeconds;
    await run(
      connection,
      // sql_select_limit: a server may have a default that cuts answers short without a word
      `set session time_zone = '+00:00', sql_select_limit = 18446744073709551615,
         net_write_timeout = ${PAUSE_SECONDS}, innodb_lock_wait_timeout = ${Math.max(1, o.statementTimeoutSeconds)},
         ${mariadb ? `max_statement_time = ${seconds}` : `max_execution_time = ${seconds * 1000}`}`,
    );
    // too long, too large or no date at all is then refused, not cut to fit
    await run(connection, "set session sql_mode = concat(@@sql_mode, ',STRICT_ALL_TABLES')");
    await run(connection, `set session transaction read ${o.readOnly ? "only" : "write"}`);
    return {
      connection,
      where: o.where,
      dsn: o.dsn,
      limitMs: o.statementTimeoutSeconds * 1000,
      mariadb,
      encrypted: placeOf(o.where, o.dsn).ssl !== null,
    };
  } catch (e) {
    await disconnect({ connection });
    throw mysqlError(o.where, e);
  }
}

/** A statement without rows. */
export async function run(connection: Connection, sql: string): Promise<void> {
  await connection.promise().query(sql);
}

/**
 * Rows of a statement of ours as text. Values travel through a prepared statement and never become part of the SQL; its
 * answers are binary, so such a statement selects texts only (cast as char).
 */
export async function texts(
  connection: Connection,
  sql: string,
  values: readonly (string | null)[] = [],
): Promise<readonly (readonly (string | null)[])[]> {
  const [rows] =
    values.length === 0
      ? await connection.promise().query({ sql, rowsAsArray: true })
      : await connection.promise().execute({ sql, rowsAsArray: true, typeCast: true }, [...values]);
  if (!Array.isArray(rows)) return [];
  return rows.map((row: unknown) => (Array.isArray(row) ? row.map(textOf) : []));
}

function textOf(v: unknown): string | null {
  if (v === null || v === undefined) return null;
  return Buffer.isBuffer(v) ? v.toString("utf8") : String(v);
}

/** Ends the connection even in the middle of a query; never fails. */
export async function disconnect(client: Pick<Client, "connection">): Promise<void> {
  await Promise.race([
    client.connection
      .promise()
      .end()
      .catch(() => undefined),
    new Promise((done) => setTimeout(done, 1000).unref()),
  ]);
  client.connection.destroy();
}

/** Cuts the connection at once: what a stop does in the middle of a long query. Whoever waits on it is told. */
export function sever(client: Pick<Client, "connection">): void {
  const socket = socketOf(client.connection);
  // destroy() of the driver alone would leave a running statement waiting for ever
  if (socket === null) client.connection.destroy();
  else socket.destroy();
}

/** The connection's own socket, which the driver does not name in its types. */
export function socketOf(connection: Connection): Socket | null {
  return "stream" in connection && connection.stream instanceof Socket ? connection.stream : null;
}

/** Ends the running statement of this client through a second connection; the connection itself lives on. */
export async function killStatement(client: Client): Promise<void> {
  const second = await open(client.where, client.dsn);
  try {
    await run(second, `kill query ${client.connection.threadId}`);
  } finally {
    await disconnect({ connection: second });
  }
}
