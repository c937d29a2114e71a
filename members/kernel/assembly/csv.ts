import { high, high2, low, low2, sip, sipPair } from "./sip";
import { countRows, initPlaces, keepPlace, tellUnusable } from "./offsets";
import { take } from "./rows";
import { from, isPlainEmail, isPlainId, isUtf8, spelling, to, trim } from "./text";
import { printOf } from "./values";

/** Of an identifier that is not plain: the reference writes key and spelling at `answer`. @returns 0: it names nobody */
@external("host", "key") declare function hostKey(p: usize, n: u32, doubled: bool, answer: usize): u32;

const QUOTE: u8 = 34;
const NEWLINE: u8 = 10;
const RETURN: u8 = 13;
/** Rows of a block that are found before they are hashed. */
const ROWS_AT_ONCE: usize = 1024;
/** What a row may hold; each asks for a closer look. */
const HAS_QUOTE: u32 = 1;
const NOT_ASCII: u32 = 2;

export const KIND_EMAIL: u32 = 1;
export const KIND_ID: u32 = 3;

/** Why the reference has to read this file instead. */
export const FINE: u32 = 0;
export const RAGGED: u32 = 1;
export const QUOTES: u32 = 2;
export const ENCODING: u32 = 3;
export const LONE_RETURN: u32 = 4;

let delimiter: u8 = 44;
let columns: u32 = 0;
let kind: u32 = 0;
let idColumn: u32 = 0;
let prints: u32 = 0;
/** Column numbers of the attributes, four bytes each. */
let printColumns: usize = 0;
let spellingStart: u32 = 0;
let rowTable: usize = 0;
let answer: usize = 0;
let skip: u32 = 0;

export let rows: u32 = 0;
export let unusable: u32 = 0;
export let status: u32 = 0;

/** A row of the table: `columns` + 1 positions (before each field, and the end), then what it holds. */
@inline function stride(): usize {
  return <usize>(columns + 2) << 2;
}
export function rowTableBytes(n: u32): u32 {
  return <u32>((ROWS_AT_ONCE + 1) * (<usize>(n + 2) << 2));
}

export function initCsv(
  ch: u32, n: u32, identity: u32, id: u32, attributes: u32, attributeColumns: usize, start: u32, tableAt: usize, answerAt: usize,
): void {
  delimiter = <u8>ch;
  columns = n;
  kind = identity;
  idColumn = id;
  prints = attributes;
  printColumns = attributeColumns;
  spellingStart = start;
  rowTable = tableAt;
  answer = answerAt;
  skip = 1; // the header
  rows = 0;
  unusable = 0;
  status = FINE;
}
/** Records keep where their rows stand, `at` bytes from their beginning. Call after `initCsv`. */
export function keepPlaces(at: u32): void {
  initPlaces(at, rowTable, stride());
}
@inline function masks(b: usize, c: v128): u64 {
  return (
    <u64>(<u32>i8x16.bitmask(i8x16.eq(v128.load(b), c))) |
    (<u64>(<u32>i8x16.bitmask(i8x16.eq(v128.load(b, 16), c))) << 16) |
    (<u64>(<u32>i8x16.bitmask(i8x16.eq(v128.load(b, 32), c))) << 32) |
    (<u64>(<u32>i8x16.bitmask(i8x16.eq(v128.load(b, 48), c))) << 48)
  );
}

/**
 * Takes the whole rows of `len` bytes at `buf`; 64 bytes before and after them can be read, and the one before is written.
 * A row that is not plain CSV sets `status`: nothing of the file may be used then.
 *
 * @param last no bytes follow: the last row may lack its line break
 * @returns bytes taken
 */
export function feed(buf: usize, len: u32, last: bool): u32 {
  const end = buf + <usize>len;
  const width = stride();
  const full = rowTable + width * ROWS_AT_ONCE;
  const fields = columns;
  const vDelimiter = i8x16.splat(delimiter);
  const vNewline = i8x16.splat(NEWLINE);
  const vQuote = i8x16.splat(QUOTE);
  let row = rowTable;
  let field: u32 = 1;
  let start = buf;
  let inside: u64 = 0; // all ones: the block before ended inside quotes
  let holds: u32 = 0;
  store<u32>(row, <u32>(start - 1));
  for (let b = buf; b < end; b += 64) {
    const x0 = v128.load(b);
    const x1 = v128.load(b, 16);
    const x2 = v128.load(b, 32);
    const x3 = v128.load(b, 48);
    let m =
      <u64>(<u32>i8x16.bitmask(v128.or(i8x16.eq(x0, vDelimiter), i8x16.eq(x0, vNewline)))) |
      (<u64>(<u32>i8x16.bitmask(v128.or(i8x16.eq(x1, vDelimiter), i8x16.eq(x1, vNewline)))) << 16) |
      (<u64>(<u32>i8x16.bitmask(v128.or(i8x16.eq(x2, vDelimiter), i8x16.eq(x2, vNewline)))) << 32) |
      (<u64>(<u32>i8x16.bitmask(v128.or(i8x16.eq(x3, vDelimiter), i8x16.eq(x3, vNewline)))) << 48);
    let here: u32 = 0;
    // Signed, so that one comparison finds NUL and everything outside ASCII.
    if (v128.any_true(i8x16.le_s(i8x16.min_s(i8x16.min_s(x0, x1), i8x16.min_s(x2, x3)), i8x16.splat(0)))) here = NOT_ASCII;
    const anyQuote = v128.or(v128.or(i8x16.eq(x0, vQuote), i8x16.eq(x1, vQuote)), v128.or(i8x16.eq(x2, vQuote), i8x16.eq(x3, vQuote)));
    if (inside || v128.any_true(anyQuote)) {
      here |= HAS_QUOTE;
      let q = masks(b, vQuote);
      if (end - b < 64) q &= (<u64>1 << <u64>(end - b)) - 1;
      // Each bit becomes the parity of the quotes up to it.
      q ^= q << 1;
      q ^= q << 2;
      q ^= q << 4;
      q ^= q << 8;
      q ^= q << 16;
      q ^= q << 32;
      q ^= inside;
      m &= ~q;
      inside = <u64>(<i64>q >> 63);
    }
    if (end - b < 64) m &= (<u64>1 << <u64>(end - b)) - 1;
    holds |= here;
    while (m) {
      const at = b + <usize>ctz(m);
      m &= m - 1;
      if (load<u8>(at) != NEWLINE) {
        if (field < fields) store<u32>(row + (<usize>field << 2), <u32>at);
        field++;
        continue;
      }
      row = endRow(row, start, at, field, holds);
      if (row == full) row = flush(row);
      if (status) return 0;
      start = at + 1;
      field = 1;
      holds = here;
      store<u32>(row, <u32>at);
    }
  }
  if (last && start < end) {
    if (inside) status = QUOTES;
    // Very old exports end their lines with this alone.
    for (let p = start; p < end; p++) if (load<u8>(p) == RETURN) status = LONE_RETURN;
    if (status) return 0;
    row = endRow(row, start, end, field, holds);
    start = end;
  }
  flush(row);
  return status ? 0 : <u32>(start - buf);
}

/** Checks the shape of a row and keeps it. @returns where the next one goes */
@inline function endRow(row: usize, start: usize, newline: usize, field: u32, holds: u32): usize {
  let e = newline;
  if (e > start && load<u8>(e - 1) == RETURN) e--;
  if (e == start) return row; // a blank line
  if (skip) {
    skip--;
    return row;
  }
  if (field != columns) {
    status = RAGGED;
    return row;
  }
  store<u32>(row + (<usize>columns << 2), <u32>e);
  if (holds) {
    if (holds & NOT_ASCII && !isUtf8(start, e)) status = ENCODING;
    if (holds & HAS_QUOTE && !quotesFit(row)) status = QUOTES;
  }
  store<u32>(row + (<usize>(columns + 1) << 2), holds);
  return row + stride();
}

@inline function fieldAt(row: usize, column: u32): usize {
  return <usize>load<u32>(row + (<usize>column << 2)) + 1;
}
@inline function fieldEnd(row: usize, column: u32): usize {
  return <usize>load<u32>(row + (<usize>column << 2), 4);
}

/** Each field stands in quotes as a whole, with the ones in it doubled, or has none. By induction every row begins outside quotes. */
function quotesFit(row: usize): bool {
  for (let c: u32 = 0; c < columns; c++) {
    let p = fieldAt(row, c);
    const e = fieldEnd(row, c);
    if (p == e || load<u8>(p) != QUOTE) {
      for (; p < e; p++) if (load<u8>(p) == QUOTE) return false;
      continue;
    }
    if (e - p < 2 || load<u8>(e - 1) != QUOTE) return false;
    for (p++; p < e - 1; p++) {
      if (load<u8>(p) != QUOTE) continue;
      if (p + 1 == e - 1 || load<u8>(p + 1) != QUOTE) return false;
      p++;
    }
  }
  return true;
}

/** Has the field, quotes around it taken off, doubled ones? */
function doubledQuotes(p: usize, e: usize): bool {
  for (; p < e; p++) if (load<u8>(p) == QUOTE) return true;
  return false;
}

@inline function isPlain(p: usize, n: u32): bool {
  return kind == KIND_EMAIL ? isPlainEmail(p, n) : kind == KIND_ID ? isPlainId(p, n) : false;
}

/** The row whose identifier waits for a second one to be hashed with. 0: none. */
let waiting: usize = 0;
let waitingAt: usize = 0;
let waitingTo: usize = 0;

/** Hashes the rows of the table, two at a time where both are plain. @returns the table's beginning */
function flush(end: usize): usize {
  const width = stride();
  for (let row = rowTable; row < end; row += width) {
    rows++;
    let a = fieldAt(row, idColumn);
    let e = fieldEnd(row, idColumn);
    let doubled = false;
    if (e > a && load<u8>(a) == QUOTE) {
      a++;
      e--;
      doubled = doubledQuotes(a, e);
    }
    trim(a, e);
    if (doubled || !isPlain(from, <u32>(to - from))) byReference(row, a, e, doubled);
    else if (kind != KIND_EMAIL) single(row, from, to, false);
    else if (waiting) pair(row, from, to);
    else {
      waiting = row;
      waitingAt = from;
      waitingTo = to;
    }
  }
  settle();
  countRows(end);
  return rowTable;
}

/** Rows of one person keep their order, so whoever waits goes before anyone who does not. */
@inline function settle(): void {
  if (!waiting) return;
  const row = waiting;
  waiting = 0;
  single(row, waitingAt, waitingTo, true);
}

// The kind of identifier is hashed before its text; the byte before a field is put back afterwards.
function single(row: usize, p: usize, e: usize, fold: bool): void {
  const before = load<u8>(p - 1);
  store<u8>(p - 1, <u8>kind);
  sip(p - 1, <u32>(e - p) + 1, true, fold);
  store<u8>(p - 1, before);
  keep(row, high, low, spelling(p, e, spellingStart));
}

function pair(row: usize, p: usize, e: usize): void {
  const q = waitingAt;
  const before = load<u8>(p - 1);
  const beforeThat = load<u8>(q - 1);
  store<u8>(p - 1, <u8>kind);
  store<u8>(q - 1, <u8>kind);
  sipPair(q - 1, <u32>(waitingTo - q) + 1, p - 1, <u32>(e - p) + 1);
  store<u8>(p - 1, before);
  store<u8>(q - 1, beforeThat);
  const first = waiting;
  waiting = 0;
  const h = high2; // `keep` hashes values
  const l = low2;
  keep(first, high, low, spelling(q, waitingTo, spellingStart));
  keep(row, h, l, spelling(p, e, spellingStart));
}

function byReference(row: usize, a: usize, e: usize, doubled: bool): void {
  settle();
  if (a == e || !hostKey(a, <u32>(e - a), doubled, answer)) {
    unusable++;
    tellUnusable(row);
    return;
  }
  keep(row, load<u64>(answer), load<u64>(answer, 8), load<u32>(answer, 16));
}

function keep(row: usize, h: u64, l: u64, word: u32): void {
  const at = take(h, l);
  store<u32>(at, word, 16);
  keepPlace(at, row);
  for (let k: u32 = 0; k < prints; k++) {
    const column = load<u32>(printColumns + (<usize>k << 2));
    let a = fieldAt(row, column);
    let e = fieldEnd(row, column);
    let doubled = false;
    if (e > a && load<u8>(a) == QUOTE) {
      a++;
      e--;
      doubled = doubledQuotes(a, e);
    }
    store<u32>(at + (<usize>k << 2), printOf(a, e, doubled), 20);
  }
}
