import type { PostgresSystem, SecretRef } from "../../core/config.ts";
import type { Writer } from "../../core/ports.ts";
import { columnsOf } from "../../systems/postgres/columns.ts";
import { connect, disconnect } from "../../systems/postgres/connect.ts";
import { isLost, postgresError } from "../../systems/postgres/error.ts";
import { bareName, quoteName } from "../../systems/postgres/identifier.ts";
import {
  deleteMembers,
  insertMembers,
  lockedValues,
  normalised,
  updateValues,
} from "./postgres-statements.ts";
import { sqlWriter } from "./sql.ts";
import type { SqlWriteSession } from "./sql-session.ts";
import type { Names } from "./sql-targets.ts";

export const POSTGRES_NAMES: Names = {
  table: (where, name) => quoteName(where, name, 3),
  column: (where, name) => quoteName(where, name, 1),
  bare: bareName,
};

/** Writes to Postgres as sql.ts says. @throws AuditorError config | refused */
export function postgresWriter(config: PostgresSystem, deps: { secret(ref: SecretRef): string }): Writer {
  return sqlWriter(config, {
    names: POSTGRES_NAMES,
    open: (readOnly) => open(config, deps.secret(config.write?.dsn ?? config.dsn), readOnly),
    error: postgresError,
    isLost,
  });
}

async function open(config: PostgresSystem, dsn: string, readOnly: boolean): Promise<SqlWriteSession> {
  const client = await connect({
    where: config.id,
    dsn,
    readOnly,
    statementTimeoutSeconds: Math.min(config.statementTimeoutSeconds, 60),
  });
  const run = async (sql: string): Promise<void> => void (await client.query(sql));
  return {
    begin: () => run("begin"),
    commit: () => run("commit"),
    rollback: () => run("rollback"),
    mark: () => run("savepoint attempt"),
    unmark: () => run("release savepoint attempt"),
    backToMark: () => run("rollback to savepoint attempt"),
    insertMembers: (m, list, people) => insertMembers(client, m, list, people),
    deleteMembers: (m, list, people) => deleteMembers(client, m, list, people),
    lockedValues: (t, column, people) => lockedValues(client, t, column, people),
    updateValues: (t, column, values) => updateValues(client, t, column, values),
    beginReadOnly: () => run("begin transaction isolation level repeatable read read only"),
    async rowsOf(sql, kind, ids) {
      const answer = await client.query<(string | null)[]>({
        text: `select * from (${sql}\n) as segment where ${normalised(`segment.${kind}`, kind)} = any($1::text[])`,
        values: [[...ids]],
        rowMode: "array",
      });
      return { columns: columnsOf(answer.fields), rows: answer.rows };
    },
    async may(right, table, column) {
      const { rows } = await client.query<{ ok: string }>(
        column === null
          ? "select has_table_privilege($1::regclass, $2) as ok"
          : "select has_column_privilege($1::regclass, $3, $2) as ok",
        column === null ? [table, right] : [table, right, bareName(column)],
      );
      return rows[0]?.ok === "t";
    },
    end: () => disconnect(client),
  };
}
