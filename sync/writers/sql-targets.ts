import type { SqlSystem } from "../../core/config.ts";
import { AuditorError } from "../../core/errors.ts";
import type { IdentifierKind } from "../../core/model.ts";
import { loosens } from "./consent-fields.ts";

/** How a database quotes names, and what it calls a quoted one itself. */
export type Names = {
  table(where: string, name: string): string;
  column(where: string, name: string): string;
  bare(quoted: string): string;
};

type Key = { readonly table: string; readonly key: string; readonly kind: IdentifierKind };
/** Names quoted for SQL, values not. */
export type Membership = Key & { readonly list: { readonly column: string; readonly value: string } | null };
export type Attributes = Key & { readonly columns: Readonly<Record<string, string>> };
export type Suppress = Key & { readonly column: string; readonly value: string };
export type Targets = {
  readonly membership: Membership | null;
  readonly attributes: Attributes | null;
  readonly suppress: Suppress | null;
};

/** `{audience}` in a list's value stands for the audience's id, so that one table can hold the lists of several. */
export const listValue = (value: string, audience: string): string =>
  value.replaceAll("{audience}", audience);

/**
 * The tables and columns that may be written, checked and quoted.
 *
 * @throws AuditorError config: not a name; refused: a write that would delete people or let them be contacted
 */
export function targetsOf(config: SqlSystem, names: Names): Targets {
  const w = config.write;
  if (w === null)
    throw new AuditorError(
      "config",
      config.id,
      "no write: is set, so nothing is written here",
      "set write: to allow repairs",
    );
  const where = `${config.id}: write`;
  const key = (t: { table: string; key: string }): Key => ({
    table: names.table(where, t.table),
    key: names.column(where, t.key),
    kind: kindOf(t.key),
  });
  const membership = w.membership
    ? {
        ...key(w.membership),
        list: w.membership.list
          ? { column: names.column(where, w.membership.list.column), value: w.membership.list.value }
          : null,
      }
    : null;
  const attributes = w.attributes
    ? {
        ...key(w.attributes),
        columns: Object.fromEntries(
          Object.entries(w.attributes.columns).map(([name, c]) => [name, names.column(where, c)]),
        ),
      }
    : null;
  const suppress = w.suppress
    ? { ...key(w.suppress), column: names.column(where, w.suppress.column), value: w.suppress.value }
    : null;
  for (const other of [attributes, suppress]) {
    if (membership !== null && other !== null && membership.table === other.table) {
      throw new AuditorError(
        "refused",
        `${where}.membership`,
        `${membership.table} holds the people themselves, so a remove would delete them`,
        "name a table with one row per list and person",
      );
    }
  }
  if (suppress !== null && loosens(names.bare(suppress.column), suppress.value)) {
    throw new AuditorError(
      "refused",
      `${where}.suppress`,
      `setting ${suppress.column} to this value would let people be contacted`,
      "name the value that means: must not be contacted",
    );
  }
  return { membership, attributes, suppress };
}

/** What kind of identifier a key column holds, by its name: the address unless it says otherwise. */
export function kindOf(column: string): IdentifierKind {
  if (/mail/i.test(column)) return "email";
  if (/phone|mobile|msisdn/i.test(column)) return "phone";
  return /customer|user|contact|person|^"?id"?$|_id"?$/i.test(column) ? "customer_id" : "email";
}
