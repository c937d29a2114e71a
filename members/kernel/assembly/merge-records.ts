import { countMask, masksBytes } from "./masks";
import { EMPTY, STATES } from "./merge";
import { recordSize } from "./rows";
import { spellingsOf } from "./sort";

/**
 * One pass over one partition of up to 30 sets whose records stand sorted, rows of one person in order of arrival: the first counts.
 *
 *     set:    address of the next record 4 | end 4 | people 4 | rows spelled otherwise 4; the last two are added to
 *     result: as `mergeSets`
 */
const SET_BYTES: usize = 16;

@inline function at(set: usize): usize {
  return <usize>load<u32>(set);
}

/** Adds to `result`, and to the counts of the sets. Records of `prints` attributes. @param heads room for 8 bytes a set */
export function mergeRecords(sets: usize, n: u32, owner: u32, prints: u32, heads: usize, result: usize): void {
  if (n == 2) {
    mergeTwo(sets, owner, prints, result);
    return;
  }
  const bytes = <usize>recordSize();
  const values = result + masksBytes(n);
  let live: u32 = 0;
  for (let s: u32 = 0; s < n; s++) {
    const set = sets + <usize>s * SET_BYTES;
    const here = at(set) < <usize>load<u32>(set, 4);
    if (here) live |= 1 << s;
    store<u64>(heads + (<usize>s << 3), here ? load<u64>(at(set)) : u64.MAX_VALUE);
  }
  const ownerSet = sets + <usize>owner * SET_BYTES;
  const ownerBit: u32 = 1 << owner;
  while (live) {
    let least = load<u64>(heads);
    for (let s: u32 = 1; s < n; s++) least = min(least, load<u64>(heads + (<usize>s << 3)));
    let mask: u32 = 0;
    for (let s: u32 = 0; s < n; s++) mask |= <u32>(load<u64>(heads + (<usize>s << 3)) == least) << s;
    mask = withLeastLow(sets, mask & live);
    countMask(result, n, mask);
    if (mask & ownerBit) compareValues(sets, mask & ~ownerBit, at(ownerSet), prints, values);
    for (let left = mask; left; left &= left - 1) {
      const s = ctz(left);
      const set = sets + <usize>s * SET_BYTES;
      const first = at(set);
      const end = <usize>load<u32>(set, 4);
      let next = first + bytes;
      if (next < end && load<u64>(next) == least) next = nextPerson(set, first, end, bytes);
      store<u32>(set, <u32>next);
      add(set + 8, 1);
      const more = next < end;
      if (!more) live &= ~(1 << s);
      store<u64>(heads + (<usize>s << 3), more ? load<u64>(next) : u64.MAX_VALUE);
    }
  }
}

/** The same for two sets, which is the usual case. */
function mergeTwo(sets: usize, owner: u32, prints: u32, result: usize): void {
  const bytes = <usize>recordSize();
  const values = result + masksBytes(2);
  const other = sets + SET_BYTES;
  let p = at(sets);
  let q = at(other);
  const pEnd = <usize>load<u32>(sets, 4);
  const qEnd = <usize>load<u32>(other, 4);
  let onlyFirst: u32 = 0;
  let onlySecond: u32 = 0;
  let both: u32 = 0;
  while (p < pEnd && q < qEnd) {
    const h = load<u64>(p);
    const g = load<u64>(q);
    const l = load<u64>(p, 8);
    const m = load<u64>(q, 8);
    if (h == g && l == m) {
      both++;
      compareRecords(owner ? q : p, owner ? p : q, 1 - owner, prints, values);
    }
    // Of the two people, the one with the lesser key is passed, or both when they are one.
    const first = h < g || (h == g && l <= m);
    const second = g < h || (h == g && m <= l);
    if (first) {
      if (!second) onlyFirst++;
      p += bytes;
      if (p < pEnd && load<u64>(p) == h) p = nextPerson(sets, p - bytes, pEnd, bytes);
    }
    if (second) {
      if (!first) onlySecond++;
      q += bytes;
      if (q < qEnd && load<u64>(q) == g) q = nextPerson(other, q - bytes, qEnd, bytes);
    }
  }
  for (; p < pEnd; onlyFirst++) p = nextPerson(sets, p, pEnd, bytes);
  for (; q < qEnd; onlySecond++) q = nextPerson(other, q, qEnd, bytes);
  add(result + 4, onlyFirst);
  add(result + 8, onlySecond);
  add(result + 12, both);
  add(sets + 8, onlyFirst + both);
  add(other + 8, onlySecond + both);
}

@inline function add(count: usize, n: u32): void {
  store<u32>(count, load<u32>(count) + n);
}

/** Passes over the other rows of the person whose first row is at `first`, and counts their spellings. */
function nextPerson(set: usize, first: usize, end: usize, bytes: usize): usize {
  const h = load<u64>(first);
  const l = load<u64>(first, 8);
  let next = first + bytes;
  while (next < end && load<u64>(next) == h && load<u64>(next, 8) == l) next += bytes;
  if (next > first + bytes) add(set + 12, spellingsOf(first, next, bytes) - 1);
  return next;
}

/** Of the sets whose keys begin alike, those with the least key: the other half of the key decides. */
@inline function withLeastLow(sets: usize, mask: u32): u32 {
  if (popcnt(mask) == 1) return mask;
  let least: u64 = u64.MAX_VALUE;
  let kept: u32 = 0;
  for (let left = mask; left; left &= left - 1) {
    const low = load<u64>(at(sets + <usize>ctz(left) * SET_BYTES), 8);
    const bit = left & (~left + 1);
    if (!kept || low < least) {
      least = low;
      kept = bit;
    } else if (low == least) kept |= bit;
  }
  return kept;
}

@inline function compareValues(sets: usize, others: u32, ownerRecord: usize, prints: u32, values: usize): void {
  for (let left = others; left; left &= left - 1) {
    const s = ctz(left);
    compareRecords(ownerRecord, at(sets + <usize>s * SET_BYTES), s, prints, values);
  }
}

/** Adds how the values of set `s` compare with the owner's. */
@inline function compareRecords(ownerRecord: usize, record: usize, s: u32, prints: u32, values: usize): void {
  let counts = values + ((<usize>s * <usize>prints * STATES) << 2);
  for (let a: usize = 0; a < <usize>prints << 2; a += 4, counts += STATES << 2) {
    const there = load<u32>(ownerRecord + a, 20);
    const here = load<u32>(record + a, 20);
    const state: usize = here == there ? (here == EMPTY ? 4 : 0) : there == EMPTY ? 3 : here == EMPTY ? 2 : 1;
    add(counts + (state << 2), 1);
  }
}
