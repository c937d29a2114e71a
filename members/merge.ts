import type { Partition } from "./member-set.ts";

/** A presence mask has a bit per input and stays a small integer. */
export const MAX_INPUTS = 30;

/**
 * Walks the same partition of N sets at once, in key order, and calls `visit` once per distinct key.
 *
 * @param parts at most 30, and one for what was last agreed; null: an empty input
 * @param visit `key`: four words; `at`: the key's row in each input, −1 where it has none. Both are reused between
 *   calls: copy what you keep.
 */
export function mergePartitions(
  parts: readonly (Partition | null)[],
  visit: (key: Uint32Array, at: Int32Array) => void,
): void {
  const n = parts.length;
  if (n > MAX_INPUTS + 1) throw new RangeError(`${n} inputs to one merge; at most ${MAX_INPUTS + 1}`);
  const none = new Uint32Array(0);
  const keys = parts.map((p) => p?.keys ?? none);
  const sizes = Int32Array.from(parts, (p) => p?.n ?? 0);
  const next = new Int32Array(n);
  const at = new Int32Array(n);
  const key = new Uint32Array(4);

  for (;;) {
    // The smallest head; `at` holds 0 for inputs that carry it, −1 for the others.
    let least = -1;
    let k0 = 0,
      k1 = 0,
      k2 = 0,
      k3 = 0;
    for (let i = 0; i < n; i++) {
      const row = next[i] as number;
      at[i] = -1;
      if (row >= (sizes[i] as number)) continue;
      const k = keys[i] as Uint32Array;
      const w = row << 2;
      let d = least < 0 ? -1 : (k[w] as number) - k0;
      if (d === 0) {
        d = (k[w + 1] as number) - k1;
        if (d === 0) d = (k[w + 2] as number) - k2;
        if (d === 0) d = (k[w + 3] as number) - k3;
      }
      if (d > 0) continue;
      if (d < 0) {
        for (let j = least; j >= 0 && j < i; j++) at[j] = -1;
        k0 = k[w] as number;
        k1 = k[w + 1] as number;
        k2 = k[w + 2] as number;
        k3 = k[w + 3] as number;
        least = i;
      }
      at[i] = row;
    }
    if (least < 0) return;
    for (let i = least; i < n; i++) if ((at[i] as number) >= 0) next[i] = (next[i] as number) + 1;
    key[0] = k0;
    key[1] = k1;
    key[2] = k2;
    key[3] = k3;
    visit(key, at);
  }
}
