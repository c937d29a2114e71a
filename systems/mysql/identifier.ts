import { type Naming, quoted } from "../sql/identifier.ts";

const NAMING: Naming = {
  quote: "`",
  pieces: /`(?:[^`]|``)*`|[^.`]+|\.|`/g,
  // letters, digits, _ and $, or anything sensible in backticks
  name: /^(?:[A-Za-z_$][A-Za-z0-9_$]{0,63}|`(?:[^`\0]|``){1,64}`)$/,
  fold: (plain) => plain,
  fix: "write it plainly (database.table), or in backticks",
};

/**
 * A table or column name, quoted for SQL. Backticks mean the same in every sql_mode; case is kept.
 *
 * @param parts how many names, split by dots, it may have: 1 for a column, up to 2 for a table
 * @throws AuditorError config when it is not a name
 * @example quoteName("w", "shop.Lists", 2) // `shop`.`Lists`
 */
export const quoteName = (where: string, name: string, parts: 1 | 2): string =>
  quoted(NAMING, where, name, parts);

/** The bare names of a quoted one: what the catalogue calls them. */
export const bareNames = (quotedName: string): readonly string[] =>
  (quotedName.match(/`(?:[^`]|``)*`/g) ?? []).map((n) => n.slice(1, -1).replaceAll("``", "`"));
