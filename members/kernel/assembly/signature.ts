/**
 * One pass over one partition of up to 32 stored sets. People who look alike in everything that a comparison looks at
 * are counted together; of each kind the first one's rows are kept, so that the host judges a kind once.
 *
 *     input, 64 bytes: rows 0 | address of keys 4, presence 8, prints 12, consent 16 | next row 20 | attributes 24 |
 *                      bits that count 32 (8) | where the rows of the kinds go: presence 40, prints 44, consent 48
 *     field, 8 bytes:  column at the owner 0 | input 2 | column there 4, two bytes each
 *     looks:           a word of 8 per input: presence 0–31, consent 32–39, the 33rd presence bit 40, has a row 41;
 *                      then 4 bits per field: 0 not in both, else its state + 1; then the owner's prints, two a word
 */
const INPUT: usize = 64;
const HAS_ROW: u64 = 1 << 41;
const ABSENT: u32 = 0;
const EMPTY: u32 = 1;
const K: u64 = 0x9e3779b97f4a7c15;

/** Kinds in the table. */
export let kinds: u32 = 0;

let inputs: usize = 0;
let n: u32 = 0;
let owner: usize = 0;
let fields: usize = 0;
let fieldsEnd: usize = 0;
let prints: usize = 0;
let printsEnd: usize = 0;
let heads: usize = 0;
let looks: usize = 0;
let looksEnd: usize = 0;
let slots: usize = 0;
let slotMask: u32 = 0;
let known: usize = 0;
let weights: usize = 0;
let masks: usize = 0;
let capacity: u32 = 0;

/**
 * @param inputs_ `n_` descriptions, the owner's at index `owner_`
 * @param fields_ `fieldCount` fields that are compared; @param prints_ columns, 4 bytes each, that count as they are
 * @param heads_ room for 8 bytes an input; @param looks_ room for the words of one person
 * @param slots_ room for 4 << slotBits, at least twice the capacity; @param known_ room for the words of all kinds
 * @param weights_ room for 4 bytes a kind: how many people; @param masks_ the same: in which inputs they have a row
 */
export function initKinds(
  inputs_: usize, n_: u32, owner_: u32, fields_: usize, fieldCount: u32, prints_: usize, printCount: u32,
  heads_: usize, looks_: usize, slots_: usize, slotBits: u32, known_: usize, weights_: usize, masks_: usize,
  capacity_: u32,
): void {
  inputs = inputs_;
  n = n_;
  owner = inputs_ + <usize>owner_ * INPUT;
  fields = fields_;
  fieldsEnd = fields_ + (<usize>fieldCount << 3);
  prints = prints_;
  printsEnd = prints_ + (<usize>printCount << 2);
  heads = heads_;
  looks = looks_;
  looksEnd = looks_ + ((<usize>n_ + (<usize>fieldCount + 15) / 16 + (<usize>printCount + 1) / 2) << 3);
  slots = slots_;
  slotMask = (1 << slotBits) - 1;
  known = known_;
  weights = weights_;
  masks = masks_;
  capacity = capacity_;
  emptyKinds();
}

export function emptyKinds(): void {
  kinds = 0;
  memory.fill(slots, 0, (<usize>slotMask + 1) << 2);
}

@inline function highAt(input: usize, row: u32): u64 {
  return rotl(load<u64>(<usize>load<u32>(input, 4) + (<usize>row << 4)), 32);
}
@inline function lowAt(input: usize, row: u32): u64 {
  return rotl(load<u64>(<usize>load<u32>(input, 4) + (<usize>row << 4), 8), 32);
}
@inline function printAt(input: usize, column: u32): u32 {
  const cell = <usize>column * <usize>load<u32>(input) + <usize>load<u32>(input, 20);
  return load<u32>(<usize>load<u32>(input, 12) + (cell << 2));
}
@inline function isHere(input: u32): bool {
  return (load<u32>(looks + (<usize>input << 3)) & 1) != 0;
}

/**
 * Goes on from the inputs' next rows.
 *
 * @returns 0: the partition is done; 1: the table is full, to be emptied before the next call
 */
export function mergeKinds(): u32 {
  if (n == 2) return mergeTwo();
  let live: u32 = 0;
  for (let s: u32 = 0; s < n; s++) {
    const input = inputs + <usize>s * INPUT;
    const row = load<u32>(input, 20);
    const more = row < load<u32>(input);
    if (more) live |= 1 << s;
    store<u64>(heads + (<usize>s << 3), more ? highAt(input, row) : u64.MAX_VALUE);
  }
  while (live) {
    let least = load<u64>(heads);
    for (let s: u32 = 1; s < n; s++) least = min(least, load<u64>(heads + (<usize>s << 3)));
    let mask: u32 = 0;
    for (let s: u32 = 0; s < n; s++) mask |= <u32>(load<u64>(heads + (<usize>s << 3)) == least) << s;
    mask = withLeastLow(mask & live);
    if (!count(mask, look(mask))) return 1;
    for (let left = mask; left; left &= left - 1) {
      const s = ctz(left);
      const input = inputs + <usize>s * INPUT;
      const next = load<u32>(input, 20) + 1;
      store<u32>(input, next, 20);
      const more = next < load<u32>(input);
      if (!more) live &= ~(1 << s);
      store<u64>(heads + (<usize>s << 3), more ? highAt(input, next) : u64.MAX_VALUE);
    }
  }
  return 0;
}

/** The same for two inputs, with everything that changes from person to person at hand. */
function mergeTwo(): u32 {
  const a = inputs;
  const b = inputs + INPUT;
  const endA = load<u32>(a);
  const endB = load<u32>(b);
  let rowA = load<u32>(a, 20);
  let rowB = load<u32>(b, 20);
  const presenceA = <usize>load<u32>(a, 8);
  const presenceB = <usize>load<u32>(b, 8);
  const consentA = <usize>load<u32>(a, 16);
  const consentB = <usize>load<u32>(b, 16);
  const bitsA = load<u64>(a, 32);
  const bitsB = load<u64>(b, 32);
  let highA = rowA < endA ? highAt(a, rowA) : 0;
  let highB = rowB < endB ? highAt(b, rowB) : 0;
  while (rowA < endA || rowB < endB) {
    let mask: u32 = 3;
    if (rowA == endA) mask = 2;
    else if (rowB == endB) mask = 1;
    else if (highA != highB) mask = highA < highB ? 1 : 2;
    else {
      const lowA = lowAt(a, rowA);
      const lowB = lowAt(b, rowB);
      if (lowA != lowB) mask = lowA < lowB ? 1 : 2;
    }
    const wordA = mask & 1 ? wordOf(presenceA, consentA, rowA) & bitsA : 0;
    const wordB = mask & 2 ? wordOf(presenceB, consentB, rowB) & bitsB : 0;
    store<u64>(looks, wordA);
    store<u64>(looks, wordB, 8);
    store<u32>(a, rowA, 20);
    store<u32>(b, rowB, 20);
    let hash = mixed(mixed(0, wordA), wordB);
    if (looks + 16 != looksEnd) hash = lookAtValues(hash, ((owner == a ? wordA : wordB) & 1) != 0);
    if (!count(mask, hash)) return 1;
    if (mask & 1) {
      rowA++;
      highA = rowA < endA ? highAt(a, rowA) : 0;
    }
    if (mask & 2) {
      rowB++;
      highB = rowB < endB ? highAt(b, rowB) : 0;
    }
  }
  return 0;
}

/** Of the inputs whose keys begin alike, those with the least key: the other half of the key decides. */
@inline function withLeastLow(mask: u32): u32 {
  if (!(mask & (mask - 1))) return mask;
  let least: u64 = u64.MAX_VALUE;
  let kept: u32 = 0;
  for (let left = mask; left; left &= left - 1) {
    const input = inputs + <usize>ctz(left) * INPUT;
    const low = lowAt(input, load<u32>(input, 20));
    const bit = left & (~left + 1);
    if (!kept || low < least) {
      least = low;
      kept = bit;
    } else if (low == least) kept |= bit;
  }
  return kept;
}

@inline function mixed(hash: u64, word: u64): u64 {
  const h = (hash ^ word) * K;
  return h ^ (h >> 32);
}

/** The word of a person with a row. */
@inline function wordOf(presences: usize, consents: usize, row: u32): u64 {
  const presence = load<u64>(presences + (<usize>row << 3));
  // of somebody who is history, consent and values say nothing
  const consent = presence & 1 ? <u64>load<u8>(consents + <usize>row) : 0;
  return HAS_ROW | (presence & 0xffffffff) | (((presence >> 32) & 1) << 40) | (consent << 32);
}

/** Writes the looks of the person at hand. @returns their hash */
@inline function look(mask: u32): u64 {
  let hash: u64 = 0;
  let at = looks;
  for (let s: u32 = 0; s < n; s++, at += 8) {
    let word: u64 = 0;
    if (mask & (1 << s)) {
      const input = inputs + <usize>s * INPUT;
      word = wordOf(<usize>load<u32>(input, 8), <usize>load<u32>(input, 16), load<u32>(input, 20)) & load<u64>(input, 32);
    }
    store<u64>(at, word);
    hash = mixed(hash, word);
  }
  if (at == looksEnd) return hash;
  return lookAtValues(hash, (load<u32>(looks + ((owner - inputs) >> 3)) & 1) != 0);
}

/** The rest of `look`. @param owned is the person at the owner now? */
@inline function lookAtValues(start: u64, owned: bool): u64 {
  let hash = start;
  let at = looks + (<usize>n << 3);
  let states: u64 = 0;
  let shift: u64 = 0;
  for (let field = fields; field < fieldsEnd; field += 8) {
    const s = <u32>load<u16>(field, 2);
    if (owned && isHere(s)) {
      const there = printAt(owner, load<u16>(field));
      const here = printAt(inputs + <usize>s * INPUT, load<u16>(field, 4));
      states |= stateOf(here, there) << shift;
    }
    shift += 4;
    if (shift == 64) {
      store<u64>(at, states);
      hash = mixed(hash, states);
      at += 8;
      states = shift = 0;
    }
  }
  if (shift) {
    store<u64>(at, states);
    hash = mixed(hash, states);
    at += 8;
  }
  for (let column = prints; column < printsEnd; column += 8, at += 8) {
    let word: u64 = 0;
    if (owned) {
      word = <u64>printAt(owner, load<u32>(column));
      if (column + 4 < printsEnd) word |= <u64>printAt(owner, load<u32>(column, 4)) << 32;
    }
    store<u64>(at, word);
    hash = mixed(hash, word);
  }
  return hash;
}

/** How one field of a person in both compares, as `fieldState` of the reference: 1 and more. */
@inline function stateOf(here: u32, there: u32): u64 {
  if (here == ABSENT) return 6;
  if (there <= EMPTY) return here == EMPTY ? 5 : 4;
  if (here == EMPTY) return 3;
  return here == there ? 1 : 2;
}

/** One more of the kind whose looks are written. @returns false: it is a new one, and the table is full */
@inline function count(mask: u32, hash: u64): bool {
  const bytes = looksEnd - looks;
  let slot = <u32>hash & slotMask;
  for (;;) {
    const kind = load<u32>(slots + (<usize>slot << 2));
    if (!kind) break;
    let a = known + <usize>(kind - 1) * bytes;
    let b = looks;
    while (b < looksEnd && load<u64>(a) == load<u64>(b)) {
      a += 8;
      b += 8;
    }
    if (b == looksEnd) {
      const weight = weights + (<usize>(kind - 1) << 2);
      store<u32>(weight, load<u32>(weight) + 1);
      return true;
    }
    slot = (slot + 1) & slotMask;
  }
  if (kinds == capacity) return false;
  const kind = <usize>kinds;
  kinds++;
  store<u32>(slots + (<usize>slot << 2), kinds);
  memory.copy(known + kind * bytes, looks, bytes);
  store<u32>(weights + (kind << 2), 1);
  store<u32>(masks + (kind << 2), mask);
  for (let left = mask; left; left &= left - 1) keep(inputs + <usize>ctz(left) * INPUT, kind);
  return true;
}

/** Copies this input's row of the person at hand. */
function keep(input: usize, kind: usize): void {
  const row = <usize>load<u32>(input, 20);
  store<u64>(<usize>load<u32>(input, 40) + (kind << 3), load<u64>(<usize>load<u32>(input, 8) + (row << 3)));
  const columns = load<u32>(input, 24);
  let to = <usize>load<u32>(input, 44) + (kind << 2);
  for (let c: u32 = 0; c < columns; c++, to += <usize>capacity << 2) store<u32>(to, printAt(input, c));
  store<u8>(<usize>load<u32>(input, 48) + kind, load<u8>(<usize>load<u32>(input, 16) + row));
}
