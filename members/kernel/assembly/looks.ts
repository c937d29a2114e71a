/**
 * What a person looks like to a comparison of up to 32 stored sets: everything it looks at, in a few words.
 *
 *     input, 64 bytes: rows 0 | address of keys 4, presence 8, prints 12, consent 16 | next row 20 | attributes 24 |
 *                      row of the log 28 | bits that count 32 (8) | where the rows of the kinds go: presence 40, prints 44,
 *                      consent 48
 *     field, 32 bytes: column at the owner 0 | input 2 | column there 4, two bytes each; of the partition at hand:
 *                      address of the column at the owner 8, there 12, of the word in the looks 16, of the input 20
 *     looks:           a word of 8 per input: presence 0–31, consent 32–39, the 33rd presence bit 40, has a row 41;
 *                      then 4 bits per field: 0 not in both, else its state + 1; then the owner's prints, two a word
 */
export const INPUT: usize = 64;
const FIELD: usize = 32;
const HAS_ROW: u64 = 1 << 41;
const ABSENT: u32 = 0;
const EMPTY: u32 = 1;
const K: u64 = 0x9e3779b97f4a7c15;

export let inputs: usize = 0;
export let n: u32 = 0;
export let owner: usize = 0;
/** The words of the person at hand. */
export let looks: usize = 0;
export let looksEnd: usize = 0;
let fields: usize = 0;
let fieldsEnd: usize = 0;
let prints: usize = 0;
let printsEnd: usize = 0;

/**
 * @param inputs_ `n_` descriptions, the owner's at index `owner_`
 * @param fields_ `fieldCount` fields that are compared; @param prints_ columns, 4 bytes each, that count as they are
 * @param looks_ room for the words of one person
 */
export function initLooks(
  inputs_: usize, n_: u32, owner_: u32, fields_: usize, fieldCount: u32, prints_: usize, printCount: u32, looks_: usize,
): void {
  inputs = inputs_;
  n = n_;
  owner = inputs_ + <usize>owner_ * INPUT;
  fields = fields_;
  fieldsEnd = fields_ + <usize>fieldCount * FIELD;
  prints = prints_;
  printsEnd = prints_ + (<usize>printCount << 2);
  looks = looks_;
  looksEnd = looks_ + ((<usize>n_ + (<usize>fieldCount + 15) / 16 + (<usize>printCount + 1) / 2) << 3);
}

/** To be called for each partition, before anybody is looked at. */
export function placeFields(): void {
  for (let field = fields; field < fieldsEnd; field += FIELD) {
    const s = <usize>load<u16>(field, 2);
    const input = inputs + s * INPUT;
    store<u32>(field, columnAt(owner, load<u16>(field)), 8);
    store<u32>(field, columnAt(input, load<u16>(field, 4)), 12);
    store<u32>(field, <u32>(looks + (s << 3)), 16);
    store<u32>(field, <u32>input, 20);
  }
}

@inline function columnAt(input: usize, column: u32): u32 {
  return load<u32>(input, 12) + ((column * load<u32>(input)) << 2);
}
@inline export function printAt(input: usize, column: u32): u32 {
  const cell = <usize>column * <usize>load<u32>(input) + <usize>load<u32>(input, 20);
  return load<u32>(<usize>load<u32>(input, 12) + (cell << 2));
}
@inline export function mixed(hash: u64, word: u64): u64 {
  const h = (hash ^ word) * K;
  return h ^ (h >> 32);
}

/** The word of a person with a row. */
@inline export function wordOf(presences: usize, consents: usize, row: u32): u64 {
  const presence = load<u64>(presences + (<usize>row << 3));
  // of somebody who is history, consent and values say nothing
  const consent = presence & 1 ? <u64>load<u8>(consents + <usize>row) : 0;
  return HAS_ROW | (presence & 0xffffffff) | (((presence >> 32) & 1) << 40) | (consent << 32);
}

/** Writes the looks of the person at hand. @returns their hash */
@inline export function look(mask: u32): u64 {
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
@inline export function lookAtValues(start: u64, owned: bool): u64 {
  let hash = start;
  let at = looks + (<usize>n << 3);
  let states: u64 = 0;
  let shift: u64 = 0;
  const ownerRow = <usize>load<u32>(owner, 20) << 2;
  for (let field = fields; field < fieldsEnd; field += FIELD) {
    if (owned && (load<u32>(<usize>load<u32>(field, 16)) & 1) != 0) {
      const there = load<u32>(<usize>load<u32>(field, 8) + ownerRow);
      const here = load<u32>(<usize>load<u32>(field, 12) + (<usize>load<u32>(<usize>load<u32>(field, 20), 20) << 2));
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

/** How one field of a person in both compares, as `fieldState` of the reference: 1 and more; 7 is 6 with a value at the owner. */
@inline function stateOf(here: u32, there: u32): u64 {
  if (here == there && here > EMPTY) return 1;
  if (here == ABSENT) return there <= EMPTY ? 6 : 7;
  if (there <= EMPTY) return here == EMPTY ? 5 : 4;
  if (here == EMPTY) return 3;
  return 2;
}
