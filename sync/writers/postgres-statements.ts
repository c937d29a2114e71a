import type pg from "pg";
import type { IdentifierKind } from "../../core/model.ts";
import type { Norms, Person } from "./sql-session.ts";
import type { Attributes, Membership, Suppress } from "./sql-targets.ts";

/** How a key column is compared with a normalised identifier: addresses in any case, anything else as it is. */
export const normalised = (column: string, kind: IdentifierKind): string =>
  kind === "email" ? `lower(btrim(${column}::text))` : `btrim(${column}::text)`;

const norms = (rows: readonly { norm: string }[]): Norms => new Set(rows.map((r) => r.norm));

/** Type of a column as the catalogue writes it ("character varying(80)"), for casts; text when it is not found. */
export async function columnType(client: pg.ClientBase, table: string, column: string): Promise<string> {
  const { rows } = await client.query<{ type: string }>(
    `select format_type(atttypid, null) as type from pg_attribute
     where attrelid = $1::regclass and quote_ident(attname) in ($2, trim(both '"' from $2)) and not attisdropped`,
    [table, column],
  );
  return rows[0]?.type ?? "text";
}

/** @returns those who were not on the list before */
export async function insertMembers(
  client: pg.ClientBase,
  m: Membership,
  list: string | null,
  people: readonly Person[],
): Promise<Norms> {
  const keyType = await columnType(client, m.table, m.key);
  const listType = m.list === null ? "text" : await columnType(client, m.table, m.list.column);
  const same = normalised(`t.${m.key}`, m.kind);
  const { rows } = await client.query<{ norm: string }>(
    `insert into ${m.table} as t (${m.key}${m.list ? `, ${m.list.column}` : ""})
     select w.raw::${keyType}${m.list ? `, $3::${listType}` : ""} from unnest($1::text[], $2::text[]) as w(norm, raw)
     where ${m.list ? "true" : "$3::text is null"} and not exists (
       select 1 from ${m.table} t where ${same} = w.norm${m.list ? ` and t.${m.list.column} = $3::${listType}` : ""})
     on conflict do nothing
     returning ${normalised(`t.${m.key}`, m.kind)} as norm`,
    [people.map((p) => p.norm), people.map((p) => p.raw), list],
  );
  return norms(rows);
}

/** @returns those who were on the list before; all spellings of a person go */
export async function deleteMembers(
  client: pg.ClientBase,
  m: Membership,
  list: string | null,
  people: readonly Person[],
): Promise<Norms> {
  const listType = m.list === null ? "text" : await columnType(client, m.table, m.list.column);
  const { rows } = await client.query<{ norm: string }>(
    `delete from ${m.table} as t where ${normalised(`t.${m.key}`, m.kind)} = any($1::text[])
       and ${m.list ? `t.${m.list.column} = $2::${listType}` : "$2::text is null"}
     returning ${normalised(`t.${m.key}`, m.kind)} as norm`,
    [people.map((p) => p.norm), list],
  );
  return norms(rows);
}

/** Current values of one column, by person and locked until the end of the transaction. */
export async function lockedValues(
  client: pg.ClientBase,
  t: Attributes | Suppress,
  column: string,
  people: readonly Person[],
): Promise<ReadonlyMap<string, readonly (string | null)[]>> {
  const { rows } = await client.query<{ norm: string; value: string | null }>(
    `select ${normalised(`t.${t.key}`, t.kind)} as norm, t.${column}::text as value from ${t.table} t
     where ${normalised(`t.${t.key}`, t.kind)} = any($1::text[]) for update`,
    [people.map((p) => p.norm)],
  );
  const found = new Map<string, (string | null)[]>();
  for (const row of rows) found.set(row.norm, [...(found.get(row.norm) ?? []), row.value]);
  return found;
}

/** Sets one column. @returns those whose value changed */
export async function updateValues(
  client: pg.ClientBase,
  t: Attributes | Suppress,
  column: string,
  values: readonly { readonly norm: string; readonly value: string | null }[],
): Promise<Norms> {
  const type = await columnType(client, t.table, column);
  const { rows } = await client.query<{ norm: string }>(
    `update ${t.table} as t set ${column} = w.value::${type} from unnest($1::text[], $2::text[]) as w(norm, value)
     where ${normalised(`t.${t.key}`, t.kind)} = w.norm and t.${column} is distinct from w.value::${type}
     returning w.norm as norm`,
    [values.map((v) => v.norm), values.map((v) => v.value)],
  );
  return norms(rows);
}
