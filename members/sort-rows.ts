/** Rows as fixed-width records in one array; the first four words are the key. */

const less = (rows: Uint32Array, a: number, b: number): boolean => {
  for (let k = 0; k < 4; k++) {
    const d = (rows[a + k] as number) - (rows[b + k] as number);
    if (d !== 0) return d < 0;
  }
  return false;
};

/**
 * Order of the rows of one partition by key, stable. Keys are hashes, so bucketing by the bits below the partition
 * prefix leaves about one row a bucket, and insertion does the rest: O(n).
 *
 * @param prefixBits leading bits that all rows share
 * @returns positions of the rows' first words in `rows`
 */
export function sortRows(rows: Uint32Array, n: number, stride: number, prefixBits: number): Uint32Array {
  const bits = Math.max(1, Math.min(22, 32 - Math.clz32(n)));
  const shift = 32 - bits;
  const starts = new Uint32Array((1 << bits) + 1);
  for (let r = 0, at = 0; r < n; r++, at += stride) {
    const bucket = (((rows[at] as number) << prefixBits) >>> shift) + 1;
    starts[bucket] = (starts[bucket] as number) + 1;
  }
  for (let b = 1; b < starts.length; b++) starts[b] = (starts[b] as number) + (starts[b - 1] as number);

  const order = new Uint32Array(n);
  for (let r = 0, at = 0; r < n; r++, at += stride) {
    const bucket = ((rows[at] as number) << prefixBits) >>> shift;
    const place = starts[bucket] as number;
    starts[bucket] = place + 1;
    order[place] = at;
  }
  for (let i = 1; i < n; i++) {
    const row = order[i] as number;
    let j = i;
    while (j > 0 && less(rows, row, order[j - 1] as number)) {
      order[j] = order[j - 1] as number;
      j--;
    }
    order[j] = row;
  }
  return order;
}

export const sameKey = (rows: Uint32Array, a: number, b: number): boolean =>
  rows[a] === rows[b] &&
  rows[a + 1] === rows[b + 1] &&
  rows[a + 2] === rows[b + 2] &&
  rows[a + 3] === rows[b + 3];
