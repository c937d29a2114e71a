import type { MysqlSystem, SecretRef } from "../../core/config.ts";
import type { Writer } from "../../core/ports.ts";
import { decoder } from "../../systems/mysql/columns.ts";
import { type Client, connect, disconnect, run } from "../../systems/mysql/connect.ts";
import { isLost, mysqlError } from "../../systems/mysql/error.ts";
import { bareNames, quoteName } from "../../systems/mysql/identifier.ts";
import { textLiteral } from "../../systems/mysql/literal.ts";
import { deleteMembers, insertMembers, lockedValues, normalised, updateValues } from "./mysql-statements.ts";
import { sqlWriter } from "./sql.ts";
import type { Right, SqlWriteSession } from "./sql-session.ts";
import type { Names } from "./sql-targets.ts";

export const MYSQL_NAMES: Names = {
  table: (where, name) => quoteName(where, name, 2),
  column: (where, name) => quoteName(where, name, 1),
  bare: (quoted) => bareNames(quoted).at(-1) ?? quoted,
};

/** Writes to MySQL or MariaDB as sql.ts says. @throws AuditorError config | refused */
export function mysqlWriter(config: MysqlSystem, deps: { secret(ref: SecretRef): string }): Writer {
  return sqlWriter(config, {
    names: MYSQL_NAMES,
    open: (readOnly) => open(config, deps.secret(config.write?.dsn ?? config.dsn), readOnly),
    error: mysqlError,
    isLost,
  });
}

async function open(config: MysqlSystem, dsn: string, readOnly: boolean): Promise<SqlWriteSession> {
  const client = await connect({
    where: config.id,
    dsn,
    readOnly,
    statementTimeoutSeconds: Math.min(config.statementTimeoutSeconds, 60),
  });
  const { connection } = client;
  return {
    async begin() {
      // rows that were looked at but are not ours stay unlocked
      await run(connection, "set session transaction isolation level read committed");
      await run(connection, "start transaction read write");
    },
    commit: () => run(connection, "commit"),
    rollback: () => run(connection, "rollback"),
    mark: () => run(connection, "savepoint attempt"),
    unmark: () => run(connection, "release savepoint attempt"),
    backToMark: () => run(connection, "rollback to savepoint attempt"),
    insertMembers: (m, list, people) => insertMembers(client, m, list, people),
    deleteMembers: (m, list, people) => deleteMembers(client, m, list, people),
    lockedValues: (t, column, people) => lockedValues(client, t, column, people),
    updateValues: (t, column, values) => updateValues(client, t, column, values),
    beginReadOnly: () => run(connection, "start transaction with consistent snapshot, read only"),
    async rowsOf(sql, kind, ids) {
      if (ids.length === 0) return { columns: [], rows: [] };
      const [rows, fields] = await connection.promise().query({
        sql: `select * from (${sql}\n) as segment
          where ${normalised(`segment.${kind}`, kind)} in (${ids.map(textLiteral).join(", ")})`,
        rowsAsArray: true,
      });
      const decode = decoder(fields);
      return {
        columns: decode.columns,
        rows: Array.isArray(rows) ? rows.map((r: unknown) => decode.row(Array.isArray(r) ? r : [])) : [],
      };
    },
    may: (right, table, column) => may(client, config.id, right, table, column),
    end: () => disconnect(client),
  };
}

/** Preparing a statement checks rights and names, and runs nothing. */
async function may(
  client: Client,
  where: string,
  right: Right,
  table: string,
  column: string | null,
): Promise<boolean> {
  const sql = {
    insert: `insert into ${table} (${column}) values (?)`,
    delete: `delete from ${table} where 1 = 0`,
    update: `update ${table} set ${column} = ? where 1 = 0`,
  }[right];
  try {
    // a READ ONLY session refuses to prepare them
    await run(client.connection, "set session transaction read write");
    await (await client.connection.promise().prepare(sql)).close();
    return true;
  } catch (e) {
    if (mysqlError(where, e).kind === "auth") return false;
    throw e;
  }
}
