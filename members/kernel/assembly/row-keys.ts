import { countRows, keepPlace, tellUnusable } from "./offsets";
import { take } from "./rows";
import { high, high2, low, low2, sip, sipPair } from "./sip";
import { CAPITALS, plainEmail, plainId, spelling, toLowerCase, trimEnd, trimStart, UNUSUAL } from "./text";
import { printOf } from "./values";

/**
 * Of an identifier that is not plain: the reference writes how it is spelled to `answer` and its normal form to `answer` + 16.
 * @returns bytes of the normal form; 0: it names nobody
 */
@external("host", "identity") declare function hostIdentity(p: usize, n: u32, doubled: bool, answer: usize): u32;

const QUOTE: u8 = 34;
export const KIND_EMAIL: u32 = 1;
export const KIND_ID: u32 = 3;
/** Identifiers up to this length are hashed two at a time. */
const PAIRED: u32 = 64;
/** A row may wait for another one whose identifier has as many words: 0 to 8. */
const WAITING: usize = 9;
const WAITING_BYTES: usize = 16;
/** Room for an identifier in lower case, with a byte before it and what is read beyond it. */
const COPY_BYTES: usize = 96;
const COPY_HEAD: usize = 16;
/** The normal form of an identifier has at most 512 characters of 3 bytes. */
const ANSWER_BYTES: usize = 2048;

let columns: u32 = 0;
let kind: u32 = 0;
let idColumn: u32 = 0;
let prints: u32 = 0;
/** Column numbers of the attributes, four bytes each. */
let printColumns: usize = 0;
let spellingStart: u32 = 0;
/** One entry a length: row | identifier | its bytes | its spelling. Then the copies, one a length and one more. */
let waiting: usize = 0;
let copies: usize = 0;
let answer: usize = 0;
/** One bit a length: a row waits. */
let anyWaiting: u32 = 0;

export let unusable: u32 = 0;

export function rowKeyBytes(): u32 {
  return <u32>(WAITING * WAITING_BYTES + (WAITING + 1) * COPY_BYTES + ANSWER_BYTES);
}

export function initRowKeys(
  n: u32, identity: u32, id: u32, attributes: u32, attributeColumns: usize, start: u32, roomAt: usize,
): void {
  columns = n;
  kind = identity;
  idColumn = id;
  prints = attributes;
  printColumns = attributeColumns;
  spellingStart = start;
  waiting = roomAt;
  copies = waiting + WAITING * WAITING_BYTES;
  answer = copies + (WAITING + 1) * COPY_BYTES;
  anyWaiting = 0;
  unusable = 0;
}

@inline export function fieldAt(row: usize, column: u32): usize {
  return <usize>load<u32>(row + (<usize>column << 2)) + 1;
}
@inline export function fieldEnd(row: usize, column: u32): usize {
  return <usize>load<u32>(row + (<usize>column << 2), 4);
}

/** Has the field, quotes around it taken off, doubled ones? */
function doubledQuotes(p: usize, e: usize): bool {
  for (; p < e; p++) if (load<u8>(p) == QUOTE) return true;
  return false;
}

/**
 * Makes records of the rows in a table: positions before each field and the end, four bytes each, `width` bytes a row. Identifiers
 * are hashed two at a time where both are plain and of about the same length.
 */
export function keepRows(table: usize, end: usize, width: usize): void {
  for (let row = table; row < end; row += width) {
    let a = fieldAt(row, idColumn);
    let e = fieldEnd(row, idColumn);
    let doubled = false;
    if (e > a && load<u8>(a) == QUOTE) {
      a++;
      e--;
      doubled = doubledQuotes(a, e);
    }
    const p = trimStart(a, e);
    const n = <u32>(trimEnd(p, e) - p);
    const what = doubled ? UNUSUAL : kind == KIND_EMAIL ? plainEmail(p, n) : kind == KIND_ID ? plainId(p, n) : UNUSUAL;
    if (what == UNUSUAL) byReference(row, a, e, doubled);
    else if (n > PAIRED) single(row, p, n, 0);
    else paired(row, p, n, what == CAPITALS);
  }
  settle();
  countRows(end);
}

/** Rows of one person keep their order: their identifiers are of one length, and whoever waits goes before anyone who does not. */
@inline function paired(row: usize, p: usize, n: u32, capitals: bool): void {
  const words = (n + 1) >> 3;
  const other = waiting + <usize>words * WAITING_BYTES;
  const one = <u32>1 << words;
  const pair = (anyWaiting & one) != 0;
  let word: u32 = 0;
  if (capitals) {
    word = spelling(p, p + n, spellingStart);
    const copy = copies + (pair ? WAITING : <usize>words) * COPY_BYTES + COPY_HEAD;
    toLowerCase(p, n, copy);
    p = copy;
  }
  anyWaiting ^= one;
  if (pair) {
    sipPair(<usize>load<u32>(other, 4), load<u32>(other, 8), p, n, kind);
    const h = high2; // values are hashed next
    const l = low2;
    keep(<usize>load<u32>(other), high, low, load<u32>(other, 12));
    keep(row, h, l, word);
  } else {
    store<u32>(other, <u32>row);
    store<u32>(other, <u32>p, 4);
    store<u32>(other, n, 8);
    store<u32>(other, word, 12);
  }
}

function settle(): void {
  for (; anyWaiting; anyWaiting &= anyWaiting - 1) {
    const other = waiting + <usize>ctz(anyWaiting) * WAITING_BYTES;
    single(<usize>load<u32>(other), <usize>load<u32>(other, 4), load<u32>(other, 8), load<u32>(other, 12));
  }
}

// The kind of identifier is hashed before its text; the byte before it is put back afterwards.
function single(row: usize, p: usize, n: u32, word: u32): void {
  const before = load<u8>(p - 1);
  store<u8>(p - 1, <u8>kind);
  sip(p - 1, n + 1, true);
  store<u8>(p - 1, before);
  keep(row, high, low, word);
}

function byReference(row: usize, a: usize, e: usize, doubled: bool): void {
  settle();
  const n = a == e ? 0 : hostIdentity(a, <u32>(e - a), doubled, answer);
  assert(<usize>n + 24 <= ANSWER_BYTES);
  if (n) single(row, answer + 16, n, load<u32>(answer));
  else {
    unusable++;
    tellUnusable(row);
  }
}

@inline function keep(row: usize, h: u64, l: u64, word: u32): void {
  const at = take(h, l);
  store<u32>(at, word, 16);
  keepPlace(at, row);
  for (let k: usize = 0; k < <usize>prints; k++) {
    const column = load<u32>(printColumns + (k << 2));
    let a = fieldAt(row, column);
    let e = fieldEnd(row, column);
    let doubled = false;
    if (e > a && load<u8>(a) == QUOTE) {
      a++;
      e--;
      doubled = doubledQuotes(a, e);
    }
    store<u32>(at + (k << 2), printOf(a, e, doubled), 20);
  }
}
