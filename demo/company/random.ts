/**
 * A number in [0, 1) from a seed and some whole numbers: the same input, the same number, in any order of asking.
 * Mixing as in MurmurHash3's finaliser; good enough to scatter people, not for secrets.
 */
export function unit(seed: number, ...parts: readonly number[]): number {
  let h = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b);
  for (const part of parts) {
    h ^= Math.imul(part | 0, 0xcc9e2d51);
    h = Math.imul((h << 15) | (h >>> 17), 0x1b873593);
    h ^= h >>> 13;
  }
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 0x100000000;
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
