/**
 * Joins one partition of the previous set with the people present now: presence.ts, compiled.
 *
 *     side:  rows 4 | address of keys 4 | of presence 4 | of consent 4
 *     table: per attribute the addresses of its column before 4 (0: it was not tracked) | now 4 | out 4
 */
const CHANGED: u32 = 64;
const COLUMN_BYTES: usize = 12;

/** Of the partition joined last. */
export let entered: u32 = 0;
export let left: u32 = 0;

let outRows: u32 = 0;
let outMost: u32 = 0;
let outKeys: usize = 0;
let outPresence: usize = 0;
let outConsent: usize = 0;
let table: usize = 0;
let tableEnd: usize = 0;

/** The next row of the result; the caller fills in its columns. */
@inline function emit(key: usize, word: u64): u32 {
  const n = outRows;
  // Room for both sides was made; a row beyond it must not write over what comes next.
  if (n >= outMost) unreachable();
  v128.store(outKeys + (<usize>n << 4), v128.load(key));
  store<u64>(outPresence + (<usize>n << 3), word);
  outRows = n + 1;
  return n;
}

/** Copies a value of somebody who is present. @param old 0: it was not tracked. @returns 1: it is another than before */
@inline function copyValue(old: usize, before: u32, fresh: usize, now: u32, to: usize, n: u32): u32 {
  const print = load<u32>(fresh + (<usize>now << 2));
  store<u32>(to + (<usize>n << 2), print);
  return <u32>(old == 0 || load<u32>(old + (<usize>before << 2)) != print);
}

/** The same of the third column on. */
function copyValues(before: u32, now: u32, n: u32): u32 {
  let changed: u32 = 0;
  for (let column = table + 2 * COLUMN_BYTES; column < tableEnd; column += COLUMN_BYTES) {
    const fresh = <usize>load<u32>(column, 4);
    changed |= copyValue(<usize>load<u32>(column), before, fresh, now, <usize>load<u32>(column, 8), n);
  }
  return changed;
}

function gone(word: u64, key: usize): void {
  const was = <u32>word & 1;
  left += was;
  word <<= 1;
  if (!word) return;
  const n = emit(key, word);
  for (let column = table; column < tableEnd; column += COLUMN_BYTES) {
    store<u32>(<usize>load<u32>(column, 8) + (<usize>n << 2), 0);
  }
  store<u8>(outConsent + <usize>n, 0);
}

function come(key: usize, row: u32, consent: usize): void {
  const n = emit(key, 1);
  entered++;
  for (let column = table; column < tableEnd; column += COLUMN_BYTES) {
    const print = load<u32>(<usize>load<u32>(column, 4) + (<usize>row << 2));
    store<u32>(<usize>load<u32>(column, 8) + (<usize>n << 2), print);
  }
  store<u8>(outConsent + <usize>n, load<u8>(consent + <usize>row));
}

/**
 * @param before side of the previous set
 * @param now side of the present people; its presence is not read
 * @param back 1: the newest bit of the previous words is taken back first
 * @param out room of the result: rows 4, then the addresses of its columns, as a side
 * @returns rows of the result
 */
export function advance(before: usize, now: usize, back: u32, attributes: u32, tableAt: usize, out: usize): u32 {
  outRows = 0;
  outMost = load<u32>(out);
  outKeys = <usize>load<u32>(out, 4);
  outPresence = <usize>load<u32>(out, 8);
  outConsent = <usize>load<u32>(out, 12);
  table = tableAt;
  tableEnd = tableAt + <usize>attributes * COLUMN_BYTES;
  entered = 0;
  left = 0;
  const beforeRows = load<u32>(before);
  const nowRows = load<u32>(now);
  const beforeKeys = <usize>load<u32>(before, 4);
  const nowKeys = <usize>load<u32>(now, 4);
  const words = <usize>load<u32>(before, 8);
  const consents = <usize>load<u32>(now, 12);
  // The first two columns stay at hand: most audiences track no more, and looking the addresses up costs as much as the copy.
  const oldA = attributes > 0 ? <usize>load<u32>(tableAt) : 0;
  const newA = attributes > 0 ? <usize>load<u32>(tableAt, 4) : 0;
  const outA = attributes > 0 ? <usize>load<u32>(tableAt, 8) : 0;
  const oldB = attributes > 1 ? <usize>load<u32>(tableAt + COLUMN_BYTES) : 0;
  const newB = attributes > 1 ? <usize>load<u32>(tableAt + COLUMN_BYTES, 4) : 0;
  const outB = attributes > 1 ? <usize>load<u32>(tableAt + COLUMN_BYTES, 8) : 0;
  let i: u32 = 0;
  let j: u32 = 0;
  while (i < beforeRows && j < nowRows) {
    const old = beforeKeys + (<usize>i << 4);
    const fresh = nowKeys + (<usize>j << 4);
    const oldHigh = load<u64>(old);
    const newHigh = load<u64>(fresh);
    if (oldHigh == newHigh && load<u64>(old, 8) == load<u64>(fresh, 8)) {
      const word = load<u64>(words + (<usize>i << 3)) >> <u64>back;
      const was = <u32>word & 1;
      const n = emit(fresh, (word << 1) | 1);
      entered += was ^ 1;
      let changed: u32 = 0;
      if (attributes > 0) changed = copyValue(oldA, i, newA, j, outA, n);
      if (attributes > 1) changed |= copyValue(oldB, i, newB, j, outB, n);
      if (attributes > 2) changed |= copyValues(i, j, n);
      changed &= was;
      store<u8>(outConsent + <usize>n, load<u8>(consents + <usize>j) | (changed * CHANGED));
      i++;
      j++;
      continue;
    }
    // A key is four words, most significant first.
    const a = rotl(oldHigh, 32);
    const b = rotl(newHigh, 32);
    if (a < b || (a == b && rotl(load<u64>(old, 8), 32) < rotl(load<u64>(fresh, 8), 32))) {
      gone(load<u64>(words + (<usize>i << 3)) >> <u64>back, old);
      i++;
    } else {
      come(fresh, j, consents);
      j++;
    }
  }
  for (; i < beforeRows; i++) gone(load<u64>(words + (<usize>i << 3)) >> <u64>back, beforeKeys + (<usize>i << 4));
  for (; j < nowRows; j++) come(nowKeys + (<usize>j << 4), j, consents);
  return outRows;
}
