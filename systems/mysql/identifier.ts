import { AuditorError } from "../../core/errors.ts";

/** A name as it may stand in the configuration: letters, digits, _ and $, or anything sensible in backticks. */
const PART = /^(?:[A-Za-z_$][A-Za-z0-9_$]{0,63}|`(?:[^`\0]|``){1,64}`)$/;

/**
 * A table or column name, quoted for SQL. Backticks mean the same in every sql_mode; case is kept.
 *
 * @param parts how many names, split by dots, it may have: 1 for a column, up to 2 for a table
 * @throws AuditorError config when it is not a name
 * @example quoteName("w", "shop.Lists", 2) // `shop`.`Lists`
 */
export function quoteName(where: string, name: string, parts: 1 | 2): string {
  const split = name.trim().match(/`(?:[^`]|``)*`|[^.`]+|\.|`/g) ?? [];
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
      "write it plainly (database.table), or in backticks",
    );
  }
  return names.map((n) => (n.startsWith("`") ? n : `\`${n}\``)).join(".");
}

/** The bare names of a quoted one: what the catalogue calls them. */
export const bareNames = (quoted: string): readonly string[] =>
  (quoted.match(/`(?:[^`]|``)*`/g) ?? []).map((n) => n.slice(1, -1).replaceAll("``", "`"));
