import { highAt, withLeastLow } from "./least";
import { countMask, masksBytes } from "./masks";

/**
 * One pass over one partition of up to 30 sets: who is in which of them, and how their values agree with the owner's.
 *
 *     set:    rows 4 | address of keys 4 | address of prints 4 | row 4
 *     result: people per presence mask (masks.ts) | per set and attribute 5 counts of 4: equal, differ, empty here, empty at the owner, both
 */
const SET_BYTES: usize = 16;
const ROW_AT: usize = 12;
export const STATES: usize = 5;
export const EMPTY: u32 = 1;

@inline function printAt(set: usize, row: u32, attribute: u32): u32 {
  return load<u32>(<usize>load<u32>(set, 8) + ((<usize>attribute * <usize>load<u32>(set) + <usize>row) << 2));
}

/** Adds to `result`. Sets of `prints` attributes each. @param heads room for 8 bytes a set */
export function mergeSets(sets: usize, n: u32, owner: u32, prints: u32, heads: usize, result: usize): void {
  let live: u32 = 0;
  for (let s: u32 = 0; s < n; s++) {
    const set = sets + <usize>s * SET_BYTES;
    store<u32>(set, 0, 12);
    const here = load<u32>(set) > 0;
    if (here) live |= 1 << s;
    store<u64>(heads + (<usize>s << 3), here ? highAt(set, 0) : u64.MAX_VALUE);
  }
  const ownerSet = sets + <usize>owner * SET_BYTES;
  const ownerBit: u32 = 1 << owner;
  const values = result + masksBytes(n);
  while (live) {
    let least = load<u64>(heads);
    for (let s: u32 = 1; s < n; s++) least = min(least, load<u64>(heads + (<usize>s << 3)));
    let mask: u32 = 0;
    for (let s: u32 = 0; s < n; s++) mask |= <u32>(load<u64>(heads + (<usize>s << 3)) == least) << s;
    mask = withLeastLow(sets, SET_BYTES, ROW_AT, mask & live);
    countMask(result, n, mask);
    if (mask & ownerBit) compareValues(sets, mask & ~ownerBit, ownerSet, prints, values);
    for (let left = mask; left; left &= left - 1) {
      const s = ctz(left);
      const set = sets + <usize>s * SET_BYTES;
      const next = load<u32>(set, 12) + 1;
      store<u32>(set, next, 12);
      const more = next < load<u32>(set);
      if (!more) live &= ~(1 << s);
      store<u64>(heads + (<usize>s << 3), more ? highAt(set, next) : u64.MAX_VALUE);
    }
  }
}

@inline function compareValues(sets: usize, others: u32, ownerSet: usize, prints: u32, values: usize): void {
  const ownerRow = load<u32>(ownerSet, 12);
  for (let left = others; left; left &= left - 1) {
    const s = ctz(left);
    const set = sets + <usize>s * SET_BYTES;
    const row = load<u32>(set, 12);
    for (let a: u32 = 0; a < prints; a++) {
      const there = printAt(ownerSet, ownerRow, a);
      const here = printAt(set, row, a);
      const state: usize = here == there ? (here == EMPTY ? 4 : 0) : there == EMPTY ? 3 : here == EMPTY ? 2 : 1;
      const count = values + (((<usize>s * <usize>prints + <usize>a) * STATES + state) << 2);
      store<u32>(count, load<u32>(count) + 1);
    }
  }
}
