/**
 * Where in its file each row stands, kept in its record when people are to be named: 8 bytes, of which the low 40 bits are the offset
 * of its first byte and the others the last 24 bits of its number. Without that, records are shorter.
 */

/** Of a row that names nobody. */
@external("host", "unusable") declare function hostUnusable(offset: f64, row: u32): void;

const OFFSET_BITS: u64 = 40;

/** Where in a record; 0: not kept. */
let placeAt: usize = 0;
let table: usize = 0;
let width: usize = 0;
/** Rows of tables before this one. */
let rowsBefore: u32 = 0;
/** From an address of the text to an offset in the file. */
let fileFromAddress: i64 = 0;

export function initPlaces(at: u32, tableAt: usize, rowBytes: usize): void {
  placeAt = <usize>at;
  table = tableAt;
  width = rowBytes;
  rowsBefore = 0;
}

/** The next bytes stand at `address`, and at `offset` in the file. */
export function setOffset(address: usize, offset: f64): void {
  fileFromAddress = <i64>offset - <i64>address;
}

@inline function offsetOf(row: usize): i64 {
  return fileFromAddress + <i64>load<u32>(row) + 1;
}
@inline function numberOf(row: usize): u32 {
  return rowsBefore + <u32>((row - table) / width);
}

@inline
export function keepPlace(record: usize, row: usize): void {
  if (!placeAt) return;
  store<u64>(record + placeAt, <u64>offsetOf(row) | (<u64>numberOf(row) << OFFSET_BITS));
}

@inline
export function tellUnusable(row: usize): void {
  if (placeAt) hostUnusable(<f64>offsetOf(row), numberOf(row));
}

/** All rows of the table up to `end` were kept. */
@inline
export function countRows(end: usize): void {
  if (placeAt) rowsBefore += <u32>((end - table) / width);
}
