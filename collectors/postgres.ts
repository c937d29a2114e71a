import type pg from "pg";
import type { PostgresSystem, SecretRef } from "../core/config.ts";
import type { Collector } from "../core/ports.ts";
import { isLoopback } from "../systems/http/settings.ts";
import { cancel, connect, disconnect, hostOf, sever } from "../systems/postgres/connect.ts";
import { copyBlocks, givesCopies, queryColumns, rowsOfCopy } from "../systems/postgres/copy.ts";
import { batches } from "../systems/postgres/cursor.ts";
import { isLost, postgresError } from "../systems/postgres/error.ts";
import { placeOf } from "../systems/postgres/place.ts";
import { isPlain } from "../systems/postgres/plain.ts";
import { isEncrypted, rightsOf } from "../systems/postgres/rights.ts";
import { beginSnapshot } from "../systems/postgres/snapshot.ts";
import { beginsAsQuery } from "../systems/sql/query.ts";
import { type SqlDatabase, type SqlPart, type SqlSession, sqlCollector } from "./sql.ts";

/** Where COPY is known not to work, so that no later read of this process tries it. */
const COPYLESS = new Set<string>();

export type PostgresSession = SqlSession & { readonly client: pg.Client };
/** What it takes to read a system together with others that live in the same place. */
export type PostgresPart = SqlPart<PostgresSystem> & {
  /** Where it lives and as whom it is read; null: not known. */
  place(): string | null;
  openFor(statementTimeoutSeconds: number): Promise<PostgresSession>;
};
export type PostgresCollector = Collector & { readonly part: PostgresPart };

/**
 * Reads audiences from Postgres with SQL, streamed with COPY, or through a cursor of the server where it has no COPY, in one
 * REPEATABLE READ transaction.
 */
export function postgresCollector(
  config: PostgresSystem,
  deps: { secret(ref: SecretRef): string },
): PostgresCollector {
  const openFor = (seconds: number) => open(config, deps.secret(config.dsn), seconds);
  const database: SqlDatabase = {
    open: () => openFor(config.statementTimeoutSeconds),
    error: postgresError,
    isLost,
    refusal: (sql) => (beginsAsQuery(sql, false) ? null : "the SQL is not a query"),
  };
  const part = { config, database, unknownConsent: new Map() };
  return {
    ...sqlCollector(part),
    part: { ...part, openFor, place: () => placeOf(deps.secret(config.dsn)) },
  };
}

async function open(
  config: PostgresSystem,
  dsn: string,
  statementTimeoutSeconds: number,
): Promise<PostgresSession> {
  const options = { where: config.id, dsn, readOnly: true, statementTimeoutSeconds };
  const client = await connect(options);
  const place = placeOf(dsn);
  // a plain server has no savepoints, and a transaction that is begun again instead
  const unlessPlain = async (sql: string): Promise<void> =>
    isPlain(client) ? undefined : void (await client.query(sql));
  return {
    client,
    begin: (clock) => beginSnapshot(client, clock),
    batches: (sql) => batches(client, sql),
    copy: {
      async given(told) {
        if (place !== null && COPYLESS.has(place)) return false;
        if (await givesCopies(client)) return true;
        if (place !== null) COPYLESS.add(place);
        told();
        return false;
      },
      columns: (sql) => queryColumns(client, sql),
      blocks: (sql) => copyBlocks(client, sql, statementTimeoutSeconds, () => cancel(client, options)),
      rows: rowsOfCopy,
    },
    // a statement that fails would spoil the whole transaction
    mark: () => unlessPlain("savepoint target"),
    unmark: () => unlessPlain("release savepoint target"),
    async backToMark(clock) {
      await client.query(isPlain(client) ? "rollback" : "rollback to savepoint target");
      return isPlain(client) ? await beginSnapshot(client, clock) : null;
    },
    async warnings() {
      const rights = await rightsOf(client);
      const found: string[] = [];
      if (rights === null)
        found.push(
          `${config.id}: this server does not say what the role can write; see that it may only read`,
        );
      else if (rights.superuser)
        found.push(`${config.id}: this role is a superuser and can write everything; use a read-only role`);
      else if (rights.writable > 0)
        found.push(
          `${config.id}: this role can write ${rights.writable} tables, ${rights.example} among them; use a read-only role`,
        );
      const host = hostOf(dsn);
      if (!(rights?.encrypted ?? isEncrypted(client)) && host !== null && !isLoopback(host))
        found.push(`${config.id}: the connection is not encrypted; add sslmode=verify-full to the dsn`);
      return found;
    },
    sever: () => sever(client),
    end: () => disconnect(client),
  };
}
