import pg from "pg";
import { AuditorError } from "../../core/errors.ts";
import { isDeclined, postgresError } from "./error.ts";

/** Values stay text, exactly as Postgres writes them: no rounding of numbers, no dates in our time zone. */
export const AS_TEXT: pg.CustomTypesConfig = { getTypeParser: () => (value: string | Buffer) => value };

export type ConnectOptions = {
  readonly where: string;
  readonly dsn: string;
  /** Every transaction of this connection is READ ONLY unless it says otherwise. */
  readonly readOnly: boolean;
  readonly statementTimeoutSeconds: number;
};

/** @throws AuditorError config | auth | transient; never with the connection string in it */
export async function connect(o: ConnectOptions): Promise<pg.Client> {
  let client: pg.Client;
  try {
    client = new pg.Client({
      connectionString: o.dsn,
      application_name: "plumbline",
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
      types: AS_TEXT,
    });
  } catch {
    throw new AuditorError(
      "config",
      o.where,
      "the dsn cannot be understood",
      "write it as postgres://user@host:5432/database",
    );
  }
  // without a listener a connection lost between two queries would end the process; the next query tells
  client.on("error", () => undefined);
  try {
    await client.connect();
    await settle(client, o);
  } catch (e) {
    await disconnect(client);
    throw postgresError(o.where, e);
  }
  return client;
}

/**
 * How the server shall write values, and for how long a statement may run: in statements, since poolers refuse it at the start
 * of a connection. What only Postgres knows is wished for: of a server that does not know it, intervals come as it writes them,
 * and nothing writes because every transaction of a reader is begun READ ONLY.
 */
async function settle(client: pg.Client, o: ConnectOptions): Promise<void> {
  const needed = [
    "set datestyle = 'ISO, YMD'",
    "set timezone = 'UTC'",
    `set statement_timeout = ${o.statementTimeoutSeconds * 1000}`,
  ];
  const wished = [
    "set intervalstyle = 'iso_8601'",
    `set default_transaction_read_only = ${o.readOnly ? "on" : "off"}`,
    // cursors are read to the end, so the plan for the whole is wanted, not the one for the first tenth
    "set cursor_tuple_fraction = 1",
  ];
  const unlessUnknown = (e: unknown): void => {
    if (!isDeclined(e)) throw e;
  };
  const all = await client.query([...needed, ...wished].join("; ")).catch(unlessUnknown);
  if (all !== undefined) return;
  for (const one of needed) await client.query(one);
  for (const one of wished) await client.query(one).catch(unlessUnknown);
}

/** Ends the connection even in the middle of a query; never fails. */
export async function disconnect(client: pg.Client): Promise<void> {
  await Promise.race([
    client.end().catch(() => undefined),
    new Promise((done) => setTimeout(done, 1000).unref()),
  ]);
  sever(client);
}

/** Asks the server to cancel what a connection runs; where that cannot be asked, the connection is cut. */
export async function cancel(client: pg.Client, o: ConnectOptions): Promise<void> {
  try {
    const other = await connect(o);
    try {
      await other.query("select pg_cancel_backend($1)", [pidOf(client)]);
    } finally {
      await disconnect(other);
    }
  } catch {
    // one that cannot be reached any more cannot be asked
    sever(client);
  }
}

/** Number of the server's process, which the driver knows and its types do not. */
function pidOf(client: pg.Client): number {
  if ("processID" in client && typeof client.processID === "number") return client.processID;
  throw new AuditorError("unsupported", "postgres", "the server did not tell its process", "none is needed");
}

/** Cuts the connection at once: what a stop does in the middle of a long query. */
export function sever(client: pg.Client): void {
  client.connection.stream.destroy();
}

/** Host of a connection string: null for a socket or when none is named. */
export function hostOf(dsn: string): string | null {
  if (!URL.canParse(dsn)) return null;
  const url = new URL(dsn);
  const host = url.searchParams.get("host") ?? decodeURIComponent(url.hostname);
  return host === "" || host.startsWith("/") ? null : host;
}
