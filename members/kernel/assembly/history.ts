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

/**
 * Most people are on both sides, many in a row. Copies such a run of keys to the result.
 *
 * @param most rows that either side has left
 * @returns rows of the run
 */
@inline function copyEqualKeys(old: usize, fresh: usize, most: u32): u32 {
  const room = min<u32>(most, outMost - outRows);
  let to = outKeys + (<usize>outRows << 4);
  let run: u32 = 0;
  while (run < room) {
    const key = v128.load(fresh);
    if (v128.any_true(v128.xor(key, v128.load(old)))) break;
    v128.store(to, key);
    old += 16;
    fresh += 16;
    to += 16;
    run++;
  }
  return run;
}

/** Presence of a run: every word gets this reading. Counts who was away. */
function stayHere(words: usize, back: u32, to: usize, run: u32): void {
  const one = i64x2.splat(1);
  let were = i64x2.splat(0);
  let row: u32 = 0;
  for (; row + 2 <= run; row += 2) {
    const pair = i64x2.shr_u(v128.load(words + (<usize>row << 3)), <i32>back);
    were = i64x2.add(were, v128.and(pair, one));
    v128.store(to + (<usize>row << 3), v128.or(i64x2.shl(pair, 1), one));
  }
  let was = <u32>(i64x2.extract_lane(were, 0) + i64x2.extract_lane(were, 1));
  if (row < run) {
    const word = load<u64>(words + (<usize>row << 3)) >> <u64>back;
    was += <u32>word & 1;
    store<u64>(to + (<usize>row << 3), (word << 1) | 1);
  }
  entered += run - was;
}

/**
 * Values of a run. Whose value is another one than before, and who was present then, is marked in the result.
 *
 * @param old their column before, at the run; 0: it was not tracked, and everybody has another value
 * @param words their presence before
 * @param n row of the result
 */
function copyValues(old: usize, fresh: usize, to: usize, words: usize, back: u32, run: u32, n: u32): void {
  let row: u32 = 0;
  for (; row + 4 <= run; row += 4) {
    const at = <usize>row << 2;
    const values = v128.load(fresh + at);
    v128.store(to + at, values);
    if (old && !v128.any_true(v128.xor(values, v128.load(old + at)))) continue;
    for (let k = row; k < row + 4; k++) markChanged(old, fresh, words, back, k, n);
  }
  for (; row < run; row++) {
    store<u32>(to + (<usize>row << 2), load<u32>(fresh + (<usize>row << 2)));
    markChanged(old, fresh, words, back, row, n);
  }
}

function markChanged(old: usize, fresh: usize, words: usize, back: u32, row: u32, n: u32): void {
  const at = <usize>row << 2;
  if (old && load<u32>(old + at) == load<u32>(fresh + at)) return;
  if (!((load<u64>(words + (<usize>row << 3)) >> <u64>back) & 1)) return;
  const consent = outConsent + <usize>(n + row);
  store<u8>(consent, load<u8>(consent) | CHANGED);
}

/** Everything of a run but its keys, which stand in the result already. */
function stay(words: usize, i: u32, j: u32, back: u32, consent: usize, run: u32): void {
  const n = outRows;
  outRows = n + run;
  const before = words + (<usize>i << 3);
  stayHere(before, back, outPresence + (<usize>n << 3), run);
  memory.copy(outConsent + <usize>n, consent + <usize>j, <usize>run);
  for (let column = table; column < tableEnd; column += COLUMN_BYTES) {
    const old = <usize>load<u32>(column);
    const fresh = <usize>load<u32>(column, 4) + (<usize>j << 2);
    const to = <usize>load<u32>(column, 8) + (<usize>n << 2);
    copyValues(old ? old + (<usize>i << 2) : 0, fresh, to, before, back, run, n);
  }
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
  let i: u32 = 0;
  let j: u32 = 0;
  while (i < beforeRows && j < nowRows) {
    const old = beforeKeys + (<usize>i << 4);
    const fresh = nowKeys + (<usize>j << 4);
    const run = copyEqualKeys(old, fresh, min<u32>(beforeRows - i, nowRows - j));
    if (run > 0) {
      stay(words, i, j, back, consents, run);
      i += run;
      j += run;
      continue;
    }
    const oldHigh = load<u64>(old);
    const newHigh = load<u64>(fresh);
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
