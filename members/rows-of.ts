import type { Partition } from "./member-set.ts";
import { compareKeys } from "./person-key.ts";

/** Rows of those of these people who are in the partition, ascending. @param keys four words each, sorted */
export function rowsOf(part: Partition, keys: Uint32Array): number[] {
  const rows: number[] = [];
  for (let at = 0; at < keys.length; at += 4) {
    let low = 0;
    for (let high = part.n; low < high; ) {
      const middle = (low + high) >>> 1;
      if (compareKeys(part.keys, 4 * middle, keys, at) < 0) low = middle + 1;
      else high = middle;
    }
    if (low < part.n && compareKeys(part.keys, 4 * low, keys, at) === 0 && rows.at(-1) !== low)
      rows.push(low);
  }
  return rows;
}
