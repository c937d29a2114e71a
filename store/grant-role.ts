import type { Database, Sql } from "./database.ts";

const LOCK = 7_586_101;

/** What the role that runs the product may do with a table: everything with rows, except where the past must stay. */
const RIGHTS: Readonly<Record<string, string>> = {
  audit_log: "select, insert",
  person_ref: "select, insert, update",
  migration: "select",
};
const USUAL = "select, insert, update, delete";
const ALL = ["select", "insert", "update", "delete", "truncate", "references", "trigger"];

/**
 * Gives the role that runs the product its rights on everything that the owner made, and on what later migrations make.
 * Repeated at each migration; writes nothing when all is as it should be.
 *
 * @param owner connected as the owner of the tables
 * @param role name of the lesser role
 * @returns whether anything was granted
 */
export async function grantRole(owner: Database, role: string): Promise<boolean> {
  return owner.tx(async (sql) => {
    await sql.query("select pg_advisory_xact_lock($1)", [LOCK]);
    const tables = await ownTables(sql);
    if (await isGranted(sql, tables, role)) return false;
    for (const statement of await statements(sql, tables, role)) await sql.query(statement);
    return true;
  });
}

async function ownTables(sql: Sql): Promise<readonly string[]> {
  const { rows } = await sql.query<{ name: string }>(
    "select relname as name from pg_class where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') and pg_has_role(relowner, 'member') order by 1",
  );
  return rows.map((r) => r.name);
}

async function isGranted(sql: Sql, tables: readonly string[], role: string): Promise<boolean> {
  const { rows } = await sql.query<{ name: string; rights: string }>(
    `select t.name, coalesce(string_agg(r.name, ', ' order by r.n) filter (where has_table_privilege($2, format('%I.%I', current_schema(), t.name), r.name)), '') as rights
    from unnest($1::text[]) as t(name) cross join unnest($3::text[]) with ordinality as r(name, n) group by t.name`,
    [tables, role, ALL],
  );
  return rows.length === tables.length && rows.every((r) => r.rights === (RIGHTS[r.name] ?? USUAL));
}

async function statements(sql: Sql, tables: readonly string[], role: string): Promise<string[]> {
  const { rows } = await sql.query<{ role: string; schema: string; tables: string[] }>(
    "select quote_ident($1) as role, quote_ident(current_schema()) as schema, array(select quote_ident(t) from unnest($2::text[]) as t) as tables",
    [role, tables],
  );
  const { role: to = "", schema = "", tables: quoted = [] } = rows[0] ?? {};
  return [
    `grant usage on schema ${schema} to ${to}`,
    ...tables.flatMap((name, i) => [
      `revoke all on ${schema}.${quoted[i]} from ${to}`,
      `grant ${RIGHTS[name] ?? USUAL} on ${schema}.${quoted[i]} to ${to}`,
    ]),
    `grant usage, select on all sequences in schema ${schema} to ${to}`,
    `alter default privileges in schema ${schema} grant ${USUAL} on tables to ${to}`,
    `alter default privileges in schema ${schema} grant usage, select on sequences to ${to}`,
  ];
}
