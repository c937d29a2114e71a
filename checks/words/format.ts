/** "48,316". */
export const count = (n: number): string => Math.round(n).toLocaleString("en-GB");

/** "1 person", "1,204 people". */
export const people = (n: number): string => (Math.round(n) === 1 ? "1 person" : `${count(n)} people`);

/** "1,204 opted-out people", "1 opted-out person". */
export const peopleWho = (n: number, which: string): string =>
  `${count(n)} ${which} ${Math.round(n) === 1 ? "person" : "people"}`;

/** "is" or "are", after a number of people. */
export const are = (n: number): string => (Math.round(n) === 1 ? "is" : "are");

/** Below this many, shares say less than they seem to. */
const SHARES_FROM = 100;

/** "1,204 of 48,316 (2.5 %)"; without the percentage when there are fewer than 100. */
export function countOf(n: number, of: number): string {
  const words = `${count(n)} of ${count(of)}`;
  return of < SHARES_FROM ? words : `${words} (${percent(n / of)})`;
}

/** "2.5 %"; more digits only where they say something. */
export function percent(share: number): string {
  const p = share * 100;
  const digits = p === 0 || Math.abs(p) >= 10 ? 0 : Math.abs(p) >= 0.1 ? 1 : 2;
  return `${p.toFixed(digits)} %`;
}

/** Widens a range to round numbers of three digits: 47,613 to 48,867 → 47,600 to 48,900. */
export function roundRange(low: number, high: number): { low: number; high: number } {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, high))) - 2);
  return { low: Math.max(0, Math.floor(low / step) * step), high: Math.ceil(high / step) * step };
}

export const capital = (s: string): string => s.charAt(0).toUpperCase() + s.slice(1);

/** "A", "A and B", "A, B and C". */
export const listed = (items: readonly string[], word: "and" | "or" = "and"): string =>
  items.length < 2 ? (items[0] ?? "") : `${items.slice(0, -1).join(", ")} ${word} ${items.at(-1)}`;
