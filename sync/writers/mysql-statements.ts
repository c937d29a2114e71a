import type { IdentifierKind } from "../../core/model.ts";
import { type Client, texts } from "../../systems/mysql/connect.ts";
import { DUPLICATE, numberOf } from "../../systems/mysql/error.ts";
import { columnKind, readAs, type ValueKind, valueFor, writeAs } from "./mysql-values.ts";
import type { Norms, Person } from "./sql-session.ts";
import type { Attributes, Membership, Suppress } from "./sql-targets.ts";

/**
 * How a key column is compared with a normalised identifier: addresses in any case, anything else as it is. Byte by byte:
 * a column's own collation may take josé for jose, and so for another person.
 */
export const normalised = (column: string, kind: IdentifierKind): string => {
  const text = `trim(convert(${column} using utf8mb4))`;
  return `${kind === "email" ? `lower(${text})` : text} collate utf8mb4_bin`;
};

const marks = (n: number): string => Array.from({ length: n }, () => "?").join(", ");
const normsOf = (people: readonly Person[]): string[] => people.map((p) => p.norm);

/** Also the plain comparison, which an index can serve; the other one decides. */
const onList = (m: Membership): string =>
  m.list === null
    ? ""
    : ` and t.${m.list.column} = ? and convert(t.${m.list.column} using utf8mb4) collate utf8mb4_bin = ?`;
const listValues = (m: Membership, list: string | null): (string | null)[] =>
  m.list === null ? [] : [list, list];

/** Who is on the list now, locked until the end of the transaction. */
async function present(
  client: Client,
  m: Membership,
  list: string | null,
  people: readonly Person[],
): Promise<Set<string>> {
  const same = normalised(`t.${m.key}`, m.kind);
  const rows = await texts(
    client.connection,
    `select ${same} as norm from ${m.table} t where ${same} in (${marks(people.length)})${onList(m)} for update`,
    [...normsOf(people), ...listValues(m, list)],
  );
  return new Set(rows.flatMap(([norm]) => norm ?? []));
}

/** @returns those who were not on the list before */
export async function insertMembers(
  client: Client,
  m: Membership,
  list: string | null,
  people: readonly Person[],
): Promise<Norms> {
  const before = await present(client, m, list, people);
  const due = people.filter(
    (p, i) => !before.has(p.norm) && people.findIndex((q) => q.norm === p.norm) === i,
  );
  if (due.length === 0) return new Set();
  const columns = m.list === null ? m.key : `${m.key}, ${m.list.column}`;
  const row = m.list === null ? "(?)" : "(?, ?)";
  try {
    await texts(
      client.connection,
      `insert into ${m.table} (${columns}) values ${due.map(() => row).join(", ")}`,
      due.flatMap((p) => (m.list === null ? [p.raw] : [p.raw, list])),
    );
  } catch (e) {
    // someone else was first; but a key that takes two addresses for one leaves the second out, which is no success
    const now = numberOf(e) === DUPLICATE ? await present(client, m, list, due) : new Set<string>();
    if (due.every((p) => now.has(p.norm))) return new Set();
    throw e;
  }
  const after = await present(client, m, list, due);
  return new Set(normsOf(due).filter((n) => after.has(n)));
}

/** @returns those who were on the list before; all spellings of a person go */
export async function deleteMembers(
  client: Client,
  m: Membership,
  list: string | null,
  people: readonly Person[],
): Promise<Norms> {
  const before = await present(client, m, list, people);
  if (before.size === 0) return before;
  await texts(
    client.connection,
    `delete t from ${m.table} t where ${normalised(`t.${m.key}`, m.kind)} in (${marks(people.length)})${onList(m)}`,
    [...normsOf(people), ...listValues(m, list)],
  );
  const after = await present(client, m, list, people);
  return new Set([...before].filter((n) => !after.has(n)));
}

type Values = ReadonlyMap<string, readonly (string | null)[]>;

/** Current values of one column, by person and locked until the end of the transaction. */
export async function lockedValues(
  client: Client,
  t: Attributes | Suppress,
  column: string,
  people: readonly { readonly norm: string }[],
): Promise<Values> {
  return valuesOf(client, t, column, await columnKind(client, t.table, column), people);
}

async function valuesOf(
  client: Client,
  t: Attributes | Suppress,
  column: string,
  kind: ValueKind,
  people: readonly { readonly norm: string }[],
): Promise<Values> {
  const same = normalised(`t.${t.key}`, t.kind);
  const rows = await texts(
    client.connection,
    `select ${same} as norm, ${readAs(kind, `t.${column}`)} as value from ${t.table} t
     where ${same} in (${marks(people.length)}) for update`,
    people.map((p) => p.norm),
  );
  const found = new Map<string, (string | null)[]>();
  for (const [norm, value] of rows) if (norm) found.set(norm, [...(found.get(norm) ?? []), value ?? null]);
  return found;
}

/** Sets one column. @returns those whose value changed, judged by what is there before and after */
export async function updateValues(
  client: Client,
  t: Attributes | Suppress,
  column: string,
  values: readonly { readonly norm: string; readonly value: string | null }[],
): Promise<Norms> {
  if (values.length === 0) return new Set();
  const kind = await columnKind(client, t.table, column);
  const before = await valuesOf(client, t, column, kind, values);
  const byValue = new Map<string | null, string[]>();
  for (const { norm, value } of values) byValue.set(value, [...(byValue.get(value) ?? []), norm]);
  for (const [value, norms] of byValue) {
    await texts(
      client.connection,
      `update ${t.table} t set t.${column} = ${writeAs(kind)}
       where ${normalised(`t.${t.key}`, t.kind)} in (${marks(norms.length)})`,
      [valueFor(kind, value), ...norms],
    );
  }
  const after = await valuesOf(client, t, column, kind, values);
  const text = (v: Values, norm: string) => JSON.stringify(v.get(norm) ?? []);
  return new Set(values.map((v) => v.norm).filter((n) => text(before, n) !== text(after, n)));
}
