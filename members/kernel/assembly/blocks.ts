/** What both readers of CSV do with a block of 64 bytes: one bit a byte, the first lowest. */

/** The lanes that are all ones, of 64 bytes in four vectors. */
@inline export function bits(x0: v128, x1: v128, x2: v128, x3: v128): u64 {
  return (
    <u64>(<u32>i8x16.bitmask(x0)) |
    (<u64>(<u32>i8x16.bitmask(x1)) << 16) |
    (<u64>(<u32>i8x16.bitmask(x2)) << 32) |
    (<u64>(<u32>i8x16.bitmask(x3)) << 48)
  );
}

/** Each bit becomes the parity of the quotes up to it. @param inside all ones: the block before ended inside quotes */
@inline export function insideOf(quotes: u64, inside: u64): u64 {
  let q = quotes;
  q ^= q << 1;
  q ^= q << 2;
  q ^= q << 4;
  q ^= q << 8;
  q ^= q << 16;
  q ^= q << 32;
  return q ^ inside;
}
