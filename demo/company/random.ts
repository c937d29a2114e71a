/**
 * A number in [0, 1) from a seed and one to three whole numbers: the same input, the same number, in any order of
 * asking. Mixing as in MurmurHash3's finaliser; good enough to scatter people, not for secrets. Asked some 30 million
 * times for a company of a million, hence no list of arguments.
 */
export function unit(seed: number, a: number, b?: number, c?: number): number {
  let h = mixed(Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b), a);
  if (b !== undefined) h = mixed(h, b);
  if (c !== undefined) h = mixed(h, c);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 0x100000000;
}

function mixed(before: number, part: number): number {
  let h = before ^ Math.imul(part | 0, 0xcc9e2d51);
  h = Math.imul((h << 15) | (h >>> 17), 0x1b873593);
  return h ^ (h >>> 13);
}

/** One of the items, by a number in [0, 1). */
export function pick<T>(items: readonly [T, ...T[]], u: number): T {
  return items[Math.min(items.length - 1, Math.floor(u * items.length))] ?? items[0];
}

/** The same items in an order that the seed decides. */
export const shuffled = <T>(items: readonly T[], seed: number, salt: number): T[] =>
  items
    .map((item, i) => ({ item, key: unit(seed, salt, i) }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
