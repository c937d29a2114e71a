/** "48,316". */
export const count = (n: number): string => Math.round(n).toLocaleString("en-GB");

/** "1 person", "1,204 people". */
export const people = (n: number): string => (Math.round(n) === 1 ? "1 person" : `${count(n)} people`);

/** "a, b and c". */
export function listed(items: readonly string[]): string {
  if (items.length <= 1) return items[0] ?? "";
  return `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}
