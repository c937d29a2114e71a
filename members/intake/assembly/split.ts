/** Finds the fields of whole records in a block of CSV, and refuses the block where one record is not plain. */
import { bits, insideOf } from "../../kernel/assembly/blocks";

const QUOTE: u8 = 34;
const NEWLINE: u8 = 10;
const RETURN: u8 = 13;

/** Why the reference has to read this block instead. */
export const FINE: u32 = 0;
export const RAGGED: u32 = 1;
export const QUOTES: u32 = 2;
export const LONE_RETURN: u32 = 3;

/** Of the last call: records found, was the header among them, and why nothing may be used. */
export let found: u32 = 0;
export let headerTaken: bool = false;
export let status: u32 = 0;

let columns: u32 = 0;
let skip: bool = false;

/** Bytes of one record in the table: the positions before each field, and the end. */
@inline export function widthOf(n: u32): usize {
  return <usize>(n + 1) << 2;
}

@inline export function fieldAt(row: usize, column: u32): usize {
  return <usize>load<u32>(row + (<usize>column << 2)) + 1;
}
@inline export function fieldEnd(row: usize, column: u32): usize {
  return <usize>load<u32>(row + (<usize>column << 2), 4);
}

/**
 * Writes a row of positions to `table` for each whole record of `len` bytes at `buf`. 64 bytes after them can be read. The table
 * has room for `len + 2` rows' worth of positions: each field takes a byte at least.
 *
 * @param header the first record is the header, and is left out
 * @param last no bytes follow: the last record may lack its line break
 * @returns bytes of whole records
 */
export function split(
  buf: usize, len: u32, last: bool, fields: u32, delimiter: u32, header: bool, table: usize, tableEnd: usize,
): u32 {
  columns = fields;
  skip = header;
  headerTaken = false;
  found = 0;
  status = FINE;
  const end = buf + <usize>len;
  const width = widthOf(fields);
  const vDelimiter = i8x16.splat(<u8>delimiter);
  const vNewline = i8x16.splat(NEWLINE);
  const vQuote = i8x16.splat(QUOTE);
  let row = table;
  let field: u32 = 1;
  let start = buf;
  let inside: u64 = 0; // all ones: the block before ended inside quotes
  let quoted = false;
  if (row + width > tableEnd) unreachable();
  store<u32>(row, <u32>(start - 1));
  for (let b = buf; b < end; b += 64) {
    const x0 = v128.load(b);
    const x1 = v128.load(b, 16);
    const x2 = v128.load(b, 32);
    const x3 = v128.load(b, 48);
    let m = bits(
      v128.or(i8x16.eq(x0, vDelimiter), i8x16.eq(x0, vNewline)), v128.or(i8x16.eq(x1, vDelimiter), i8x16.eq(x1, vNewline)),
      v128.or(i8x16.eq(x2, vDelimiter), i8x16.eq(x2, vNewline)), v128.or(i8x16.eq(x3, vDelimiter), i8x16.eq(x3, vNewline)),
    );
    const anyQuote = v128.or(v128.or(i8x16.eq(x0, vQuote), i8x16.eq(x1, vQuote)), v128.or(i8x16.eq(x2, vQuote), i8x16.eq(x3, vQuote)));
    let here = false;
    if (inside || v128.any_true(anyQuote)) {
      here = true;
      let quotes = bits(i8x16.eq(x0, vQuote), i8x16.eq(x1, vQuote), i8x16.eq(x2, vQuote), i8x16.eq(x3, vQuote));
      if (end - b < 64) quotes &= (<u64>1 << <u64>(end - b)) - 1;
      const q = insideOf(quotes, inside);
      m &= ~q;
      inside = <u64>(<i64>q >> 63);
    }
    if (end - b < 64) m &= (<u64>1 << <u64>(end - b)) - 1;
    quoted = quoted || here;
    while (m) {
      const at = b + <usize>ctz(m);
      m &= m - 1;
      if (load<u8>(at) != NEWLINE) {
        if (field < fields) store<u32>(row + (<usize>field << 2), <u32>at);
        field++;
        continue;
      }
      row = endRow(row, start, at, field, quoted);
      if (status) return 0;
      if (row + width > tableEnd) unreachable();
      start = at + 1;
      field = 1;
      quoted = here;
      store<u32>(row, <u32>at);
    }
  }
  if (last && start < end) {
    if (inside) status = QUOTES;
    // Very old exports end their lines with this alone.
    for (let p = start; p < end; p++) if (load<u8>(p) == RETURN) status = LONE_RETURN;
    if (status) return 0;
    row = endRow(row, start, end, field, quoted);
    start = end;
  }
  return status ? 0 : <u32>(start - buf);
}

/** Checks the shape of a record and keeps it. @returns where the next one goes */
@inline function endRow(row: usize, start: usize, newline: usize, field: u32, quoted: bool): usize {
  let e = newline;
  if (e > start && load<u8>(e - 1) == RETURN) e--;
  if (e == start) return row; // a blank line
  if (field != columns) {
    status = RAGGED;
    return row;
  }
  store<u32>(row + (<usize>columns << 2), <u32>e);
  if (quoted && !quotesFit(row)) {
    status = QUOTES;
    return row;
  }
  if (skip) {
    skip = false;
    headerTaken = true;
    return row;
  }
  found++;
  return row + widthOf(columns);
}

/** Each field stands in quotes as a whole, with the ones in it doubled, or has none. By induction every record begins outside quotes. */
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
