import { basename } from "node:path";

/** Control, invisible and bidi characters could rewrite the line or cell that a name stands in. */
export const visible = (text: string): string => text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "�");

/**
 * What the report calls the files: their names, or their paths where two names are equal; never twice the same.
 *
 * @example labelsOf(["a/list.csv", "b/list.csv", "crm.csv"]) // ["a/list.csv", "b/list.csv", "crm.csv"]
 * @example labelsOf(["crm.csv", "crm.csv"]) // ["crm.csv", "crm.csv (2)"]
 */
export function labelsOf(paths: readonly string[]): string[] {
  const distinct = [...new Set(paths)];
  const names = distinct.map((path) => visible(basename(path)));
  const taken = new Set<string>();
  return paths.map((path) => {
    const name = names[distinct.indexOf(path)] ?? path;
    const label = names.indexOf(name) === names.lastIndexOf(name) ? name : visible(path);
    let free = label;
    for (let n = 2; taken.has(free); n++) free = `${label} (${n})`;
    taken.add(free);
    return free;
  });
}
