import { type Naming, quoted } from "../sql/identifier.ts";

const NAMING: Naming = {
  quote: '"',
  pieces: /"(?:[^"]|"")*"|[^."]+|\.|"/g,
  // letters, digits, _ and $, or anything sensible in double quotes
  name: /^(?:[A-Za-z_][A-Za-z0-9_$]{0,62}|"(?:[^"\0]|""){1,63}")$/,
  fold: (plain) => plain.toLowerCase(),
  fix: "write it plainly (schema.table), or in double quotes",
};

/**
 * A table or column name, quoted for SQL. Unquoted names fold to lower case, as Postgres does it.
 *
 * @param parts how many names, split by dots, it may have: 1 for a column, up to 3 for a table
 * @throws AuditorError config when it is not a name
 * @example quoteName("w", "public.Lists", 3) // "public"."lists"
 */
export const quoteName = (where: string, name: string, parts: 1 | 3): string =>
  quoted(NAMING, where, name, parts);

/** The bare last part of a quoted name: what the catalogue calls it. */
export const bareName = (quotedName: string): string =>
  (/"((?:[^"]|"")*)"$/.exec(quotedName)?.[1] ?? quotedName).replaceAll('""', '"');
