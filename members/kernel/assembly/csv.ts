import { bits, insideOf } from "./blocks";
import { initPlaces } from "./offsets";
import { initRowKeys, keepRows, ROWS_AT_ONCE } from "./row-keys";
import { hasRoom } from "./rows";
import { isUtf8 } from "./text";

/** Puts the records of all rows so far elsewhere. */
@external("host", "makeRoom") declare function hostMakeRoom(): void;

const QUOTE: u8 = 34;
const NEWLINE: u8 = 10;
const RETURN: u8 = 13;

/** Why the reference has to read this file instead. */
export const FINE: u32 = 0;
export const RAGGED: u32 = 1;
export const QUOTES: u32 = 2;
export const ENCODING: u32 = 3;
export const LONE_RETURN: u32 = 4;

let delimiter: u8 = 44;
let columns: u32 = 0;
let rowTable: usize = 0;
let skip: u32 = 0;

export let rows: u32 = 0;
export let status: u32 = 0;

/** A row of the table: `columns` + 1 positions, before each field and the end. */
@inline function stride(): usize {
  return <usize>(columns + 1) << 2;
}
export function rowTableBytes(n: u32): u32 {
  return <u32>((ROWS_AT_ONCE + 1) * (<usize>(n + 1) << 2));
}

export function initCsv(
  ch: u32, n: u32, identity: u32, id: u32, attributes: u32, attributeColumns: usize, start: u32, tableAt: usize, roomAt: usize,
): void {
  delimiter = <u8>ch;
  columns = n;
  rowTable = tableAt;
  skip = 1; // the header
  rows = 0;
  status = FINE;
  initRowKeys(n, identity, id, attributes, attributeColumns, start, roomAt);
}

/** Records keep where their rows stand, `at` bytes from their beginning; 0: they do not. Call after `initCsv`. */
export function keepPlaces(at: u32): void {
  initPlaces(at, rowTable, stride());
}

/**
 * Takes the whole rows of `len` bytes at `buf`; 64 bytes before and after them can be read, and the one before may be written.
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
  let closed: u64 = 0; // one: it ended with a quote that closes
  let between: u64 = 1; // one: it ended between two fields, as everything before the first does
  let odd: u32 = 0;
  store<u32>(row, <u32>(start - 1));
  for (let b = buf; b < end; b += 64) {
    const x0 = v128.load(b);
    const x1 = v128.load(b, 16);
    const x2 = v128.load(b, 32);
    const x3 = v128.load(b, 48);
    const within: u64 = end - b < 64 ? (<u64>1 << <u64>(end - b)) - 1 : ~0;
    let m = within & bits(
      v128.or(i8x16.eq(x0, vDelimiter), i8x16.eq(x0, vNewline)), v128.or(i8x16.eq(x1, vDelimiter), i8x16.eq(x1, vNewline)),
      v128.or(i8x16.eq(x2, vDelimiter), i8x16.eq(x2, vNewline)), v128.or(i8x16.eq(x3, vDelimiter), i8x16.eq(x3, vNewline)),
    );
    const anyQuote = v128.or(v128.or(i8x16.eq(x0, vQuote), i8x16.eq(x1, vQuote)), v128.or(i8x16.eq(x2, vQuote), i8x16.eq(x3, vQuote)));
    if (inside | closed || v128.any_true(anyQuote)) {
      const quotes = within & bits(i8x16.eq(x0, vQuote), i8x16.eq(x1, vQuote), i8x16.eq(x2, vQuote), i8x16.eq(x3, vQuote));
      const q = insideOf(quotes, inside);
      const opens = quotes & q;
      const closes = quotes & ~q;
      const afterClosing = ((closes << 1) | closed) & within;
      m &= ~q;
      if (opens & ~((m << 1) | between | afterClosing) || !endsFit(b, afterClosing & ~(m | opens), end, last)) {
        status = QUOTES;
        return 0;
      }
      closed = closes >> 63;
      inside = <u64>(<i64>q >> 63);
    }
    between = m >> 63;
    // Signed, so that one comparison finds NUL and everything outside ASCII.
    const oddHere: u32 = v128.any_true(i8x16.le_s(i8x16.min_s(i8x16.min_s(x0, x1), i8x16.min_s(x2, x3)), i8x16.splat(0))) ? 1 : 0;
    odd |= oddHere;
    for (; m; m &= m - 1) {
      const at = b + <usize>ctz(m);
      if (load<u8>(at) != NEWLINE) {
        if (field < fields) store<u32>(row + (<usize>field << 2), <u32>at);
        field++;
        continue;
      }
      row = endRow(row, start, at, field, odd);
      if (status) return 0;
      if (row == full) row = flush(row);
      start = at + 1;
      field = 1;
      odd = oddHere;
      store<u32>(row, <u32>at);
    }
  }
  if (last && start < end) {
    if (inside) status = QUOTES;
    // Very old exports end their lines with this alone.
    for (let p = start; p < end; p++) if (load<u8>(p) == RETURN) status = LONE_RETURN;
    if (status) return 0;
    row = endRow(row, start, end, field, odd);
    if (status) return 0;
    start = end;
  }
  flush(row);
  return <u32>(start - buf);
}

/**
 * May fields in quotes end here? `after` has the bytes of the block at `b` that follow a closing quote and are neither the end of
 * the field nor another quote: that leaves the carriage return of the line break.
 *
 * Together with the other half of the check, that quotes open a field or follow one that closes, this makes sure that every field
 * stands in quotes as a whole, with the ones in it doubled, or has none. By induction each row begins where it seems to begin.
 */
@inline function endsFit(b: usize, after: u64, end: usize, last: bool): bool {
  for (; after; after &= after - 1) {
    const at = b + <usize>ctz(after);
    if (load<u8>(at) != RETURN) return false;
    // At the end of what is here, the row is not whole: it comes again.
    if (at + 1 < end ? load<u8>(at, 1) != NEWLINE : last) return false;
  }
  return true;
}

/** Checks the shape of a row and keeps it. @returns where the next one goes */
@inline function endRow(row: usize, start: usize, newline: usize, field: u32, odd: u32): usize {
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
  if (odd && !isUtf8(start, e)) status = ENCODING;
  rows++;
  return row + stride();
}

/** @returns the table's beginning */
function flush(end: usize): usize {
  if (!hasRoom(ROWS_AT_ONCE)) hostMakeRoom();
  keepRows(rowTable, end, stride());
  return rowTable;
}
