import { ALIASES, ATTRIBUTE_ALIASES, type ColumnRole } from "./aliases.ts";

/** Letters and digits of a name, as the tables of aliases have them. */
export const plain = (name: string): string =>
  name
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "");

/** Index of a named column; exact first, then regardless of case and punctuation if only one fits; −1: none. */
export function columnNamed(columns: readonly string[], name: string): number {
  const exact = columns.indexOf(name.trim());
  if (exact >= 0) return exact;
  const like = columns.flatMap((c, i) => (plain(c) === plain(name) && plain(c) !== "" ? [i] : []));
  return like.length === 1 ? (like[0] as number) : -1;
}

/**
 * Index of the column that means `role` by its name; −1: none. The first alias in the list wins, so that "Email"
 * stands before "Work email".
 *
 * @example columnFor(["First Name", "E-Mail Address"], "email") // 1
 */
export function columnFor(columns: readonly string[], role: ColumnRole): number {
  const names = columns.map(plain);
  for (const alias of ALIASES[role]) {
    const at = names.indexOf(alias);
    if (at >= 0) return at;
  }
  return -1;
}

/** Index of the column that commonly holds an attribute of this name; −1: none. @example (["FNAME"], "first_name") // 0 */
export function attributeColumnFor(columns: readonly string[], attribute: string): number {
  const named = columnNamed(columns, attribute);
  if (named >= 0 || !Object.hasOwn(ATTRIBUTE_ALIASES, attribute)) return named;
  const names = columns.map(plain);
  const alias = ATTRIBUTE_ALIASES[attribute]?.find((a) => names.indexOf(a) >= 0);
  return alias === undefined ? -1 : names.indexOf(alias);
}

/** The canonical name of an attribute for a column that nothing else names: "First Name" → first_name; else its own. */
export function attributeNameOf(column: string): string {
  const name = plain(column);
  const known = Object.entries(ATTRIBUTE_ALIASES).find(([, aliases]) => aliases.includes(name));
  return known?.[0] ?? column;
}
