import { AuditorError } from "../../core/errors.ts";

/** How one kind of database writes the names of tables and columns. */
export type Naming = {
  /** What stands around a quoted name; within it, it is doubled. */
  readonly quote: "`" | '"';
  /** Quoted names, what stands between dots, the dots, and quotes without a partner: each a match. */
  readonly pieces: RegExp;
  /** One name as it may stand in the configuration, plain or quoted. */
  readonly name: RegExp;
  /** How the server reads the case of a plain name. */
  fold(plain: string): string;
  /** How to write one: what the error tells. */
  readonly fix: string;
};

/**
 * A table or column name, quoted for SQL.
 *
 * @param parts how many names, split by dots, it may have: 1 for a column, more for a table
 * @throws AuditorError config when it is not a name
 */
export function quoted(naming: Naming, where: string, name: string, parts: number): string {
  const split = name.trim().match(naming.pieces) ?? [];
  const names = split.filter((_, i) => i % 2 === 0);
  const wrong =
    split.length % 2 === 0 ||
    names.length > parts ||
    split.some((s, i) => (s === ".") !== (i % 2 === 1)) ||
    !names.every((n) => naming.name.test(n));
  if (wrong) {
    throw new AuditorError(
      "config",
      where,
      `"${name.slice(0, 80)}" is not the name of a ${parts === 1 ? "column" : "table"}`,
      naming.fix,
    );
  }
  const { quote } = naming;
  return names.map((n) => (n.startsWith(quote) ? n : `${quote}${naming.fold(n)}${quote}`)).join(".");
}
