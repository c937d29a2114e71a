/**
 * Texts that were seen, with what the reference made of them. One table for all columns; `slot` says whose text it is.
 *
 *     entry: slot 4 | bytes 4 | six words of the answer 24 | the text, padded to 8 | room for the answer's own text
 */
export const WORDS_AT: usize = 8;
const TEXT_AT: usize = 32;
/** Two words each: hash, entry. */
const PLACES: u32 = 1 << 16;
/** Of one slot, so that a column of names leaves room for the others. */
const MOST: u32 = 4096;
/** Longer texts do not repeat. */
const LONGEST: u32 = 256;

let table: usize = 0;
/** How many entries each slot has, four bytes each. */
let counts: usize = 0;
let next: usize = 0;
let end: usize = 0;
let hash: u32 = 0;
let entries: u32 = 0;

export function memoTableBytes(): u32 {
  return PLACES << 3;
}
export function initMemo(tableAt: usize, countsAt: usize, slots: u32, arena: usize, arenaEnd: usize): void {
  table = tableAt;
  counts = countsAt;
  next = arena;
  end = arenaEnd;
  entries = 0;
  memory.fill(tableAt, 0, <usize>PLACES << 3);
  memory.fill(countsAt, 0, <usize>slots << 2);
}

@inline function lastWord(p: usize, n: u32): u64 {
  return load<u64>(p) & ((<u64>1 << ((n & 7) << 3)) - 1);
}

function same(entry: usize, slot: u32, p: usize, n: u32): bool {
  if (load<u32>(entry) != slot || load<u32>(entry, 4) != n) return false;
  let q = entry + TEXT_AT;
  let i: u32 = 0;
  for (; i + 8 <= n; i += 8) {
    if (load<u64>(p) != load<u64>(q)) return false;
    p += 8;
    q += 8;
  }
  return n == i || lastWord(p, n) == load<u64>(q);
}

/** The entry of a text; 0: not seen, or not kept. Reads up to 7 bytes beyond. */
export function lookUp(slot: u32, p: usize, n: u32): usize {
  let h = <u64>slot ^ (<u64>n * 0x9e3779b97f4a7c15);
  let at = p;
  let i: u32 = 0;
  for (; i + 8 <= n; i += 8) {
    h = (h ^ load<u64>(at)) * 0xff51afd7ed558ccd;
    h ^= h >> 32;
    at += 8;
  }
  if (n > i) {
    h = (h ^ lastWord(at, n)) * 0xff51afd7ed558ccd;
    h ^= h >> 32;
  }
  hash = <u32>(h ^ (h >> 17));
  let place = hash & (PLACES - 1);
  let entry = entryAt(place);
  while (entry && !(load<u32>(table + (<usize>place << 3)) == hash && same(entry, slot, p, n))) {
    place = (place + 1) & (PLACES - 1);
    entry = entryAt(place);
  }
  return entry;
}

@inline function entryAt(place: u32): usize {
  return <usize>load<u32>(table + (<usize>place << 3), 4);
}

/**
 * A new entry for the text looked up last, its answer still to be written.
 *
 * @param extra bytes of the answer's own text
 * @returns 0: there is no room, the answer is good for once
 */
export function remember(slot: u32, p: usize, n: u32, extra: u32): usize {
  const counter = counts + (<usize>slot << 2);
  const bytes = TEXT_AT + (<usize>((n + 7) & ~7)) + <usize>extra;
  // A quarter of the places stays free, whatever the slots hold, so that every search ends.
  if (n > LONGEST || load<u32>(counter) == MOST || entries == (PLACES >> 2) * 3 || next + bytes > end) return 0;
  entries++;
  const entry = next;
  next += bytes;
  store<u32>(counter, load<u32>(counter) + 1);
  memory.fill(entry, 0, bytes);
  store<u32>(entry, slot);
  store<u32>(entry, n, 4);
  memory.copy(entry + TEXT_AT, p, <usize>n);
  let place = hash & (PLACES - 1);
  while (entryAt(place)) place = (place + 1) & (PLACES - 1);
  store<u32>(table + (<usize>place << 3), hash);
  store<u32>(table + (<usize>place << 3), <u32>entry, 4);
  return entry;
}

/** Where an entry's own text stands. */
@inline export function extraAt(entry: usize): usize {
  return entry + TEXT_AT + (<usize>((load<u32>(entry, 4) + 7) & ~7));
}
