import type { MysqlSystem, SecretRef } from "../core/config.ts";
import type { Collector } from "../core/ports.ts";
import { isLoopback } from "../systems/http/settings.ts";
import { connect, disconnect, killStatement, sever } from "../systems/mysql/connect.ts";
import { placeOf } from "../systems/mysql/dsn.ts";
import { isLost, mysqlError } from "../systems/mysql/error.ts";
import { notAQuery } from "../systems/mysql/query.ts";
import { type Rights, rightsOf } from "../systems/mysql/rights.ts";
import { beginSnapshot } from "../systems/mysql/snapshot.ts";
import { batches } from "../systems/mysql/stream.ts";
import { type SqlSession, sqlCollector } from "./sql.ts";

/** Reads audiences from MySQL or MariaDB with SQL, streamed, in one REPEATABLE READ transaction that can only read. */
export function mysqlCollector(config: MysqlSystem, deps: { secret(ref: SecretRef): string }): Collector {
  const database = {
    open: () => open(config, deps.secret(config.dsn)),
    error: mysqlError,
    isLost,
    refusal: notAQuery,
  };
  return sqlCollector({ config, database, unknownConsent: new Map() });
}

async function open(config: MysqlSystem, dsn: string): Promise<SqlSession> {
  const client = await connect({
    where: config.id,
    dsn,
    readOnly: true,
    statementTimeoutSeconds: config.statementTimeoutSeconds,
  });
  let killed: Promise<void> | null = null;
  return {
    begin: (clock) => beginSnapshot(client, clock),
    batches: (sql) => batches(client, sql),
    // a statement that fails leaves a transaction of MySQL as it was
    mark: async () => undefined,
    unmark: async () => undefined,
    backToMark: async () => null,
    async warnings() {
      const place = placeOf(config.id, dsn);
      const open = !client.encrypted && place.socketPath === null && !isLoopback(place.host);
      return [
        ...rightsInWords(config.id, await rightsOf(client)),
        ...(open
          ? [`${config.id}: the connection is not encrypted; add ?sslmode=verify-full to the dsn`]
          : []),
      ];
    },
    sever() {
      // the server does not notice that we are gone before it has something to send; where it cannot be told, it ends by itself
      killed ??= killStatement(client).catch(() => undefined);
      sever(client);
    },
    async end() {
      await killed;
      await disconnect(client);
    },
  };
}

function rightsInWords(where: string, rights: Rights): readonly string[] {
  const { writes, files, readOnlyServer } = rights;
  const some = writes.slice(0, 4).join(", ").toLowerCase();
  return [
    ...(writes.length > 0
      ? [`${where}: this user has more rights than reading needs (${some}); use a read-only user`]
      : []),
    ...(writes.length === 0 && files
      ? [`${where}: this user may write files on the server; revoke FILE`]
      : []),
    ...(readOnlyServer
      ? [`${where}: this server takes no writes, so it may be a replica; how far it lags is not known here`]
      : []),
  ];
}
