import { AuditorError } from "../../core/errors.ts";

/** A name as it may stand in the configuration: letters, digits, _ and $, or anything sensible in double quotes. */
const PART = /^(?:[A-Za-z_][A-Za-z0-9_$]{0,62}|"(?:[^"\0]|""){1,63}")$/;

/**
 * A table or column name, quoted for SQL. Unquoted names fold to lower case, as Postgres does it.
 *
 * @param parts how many names, split by dots, it may have: 1 for a column, up to 3 for a table
 * @throws AuditorError config when it is not a name
 * @example quoteName("w", "public.Lists", 3) // "public"."lists"
 */
export function quoteName(where: string, name: string, parts: 1 | 3): string {
  const split = name.trim().match(/"(?:[^"]|"")*"|[^."]+|\.|"/g) ?? [];
  const names = split.filter((_, i) => i % 2 === 0);
  const wrong =
    split.length % 2 === 0 ||
    names.length > parts ||
    split.some((s, i) => (s === ".") !== (i % 2 === 1)) ||
    !names.every((n) => PART.test(n));
  if (wrong) {
    throw new AuditorError(
      "config",
      where,
      `"${name.slice(0, 80)}" is not the name of a ${parts === 1 ? "column" : "table"}`,
      "write it plainly (schema.table), or in double quotes",
    );
  }
  return names.map((n) => (n.startsWith('"') ? n : `"${n.toLowerCase()}"`)).join(".");
}

/** The bare last part of a quoted name: what the catalogue calls it. */
export const bareName = (quotedName: string): string =>
  (/"((?:[^"]|"")*)"$/.exec(quotedName)?.[1] ?? quotedName).replaceAll('""', '"');
