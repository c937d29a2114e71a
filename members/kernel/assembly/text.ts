/** What may be done with a text here, and what needs the host: all that is not plain ASCII of the usual kind. */

/** Trimmed ends of the text looked at last. */
export let from: usize = 0;
export let to: usize = 0;

// The white space of ASCII: tab to carriage return, and the space.
@inline function isSpace(c: u8): bool {
  return c == 32 || c - 9 <= 4;
}

/** Sets `from` and `to` to the text without white space around it. */
@inline
export function trim(a: usize, e: usize): void {
  while (a < e && isSpace(load<u8>(a))) a++;
  while (e > a && isSpace(load<u8>(e - 1))) e--;
  from = a;
  to = e;
}

/** Bytes that never stand in a plain address: controls, space, `"(),:;<>[\]`, and everything outside ASCII. */
@inline function strange(x: v128): v128 {
  // Each half of a byte names a set of rows and columns; a byte is strange where both name the same.
  const byLow = i8x16.swizzle(i8x16(3, 1, 3, 1, 1, 1, 1, 1, 3, 3, 5, 13, 15, 9, 5, 17), v128.and(x, i8x16.splat(15)));
  const byHigh = i8x16.swizzle(i8x16(1, 1, 2, 4, 0, 8, 0, 16, 1, 1, 1, 1, 1, 1, 1, 1), i8x16.shr_u(x, 4));
  return i8x16.ne(v128.and(byLow, byHigh), i8x16.splat(0));
}

@inline function maskOf(p: usize, c: u8): u64 {
  const v = i8x16.splat(c);
  return (
    <u64>(<u32>i8x16.bitmask(i8x16.eq(v128.load(p), v))) |
    (<u64>(<u32>i8x16.bitmask(i8x16.eq(v128.load(p, 16), v))) << 16) |
    (<u64>(<u32>i8x16.bitmask(i8x16.eq(v128.load(p, 32), v))) << 32) |
    (<u64>(<u32>i8x16.bitmask(i8x16.eq(v128.load(p, 48), v))) << 48)
  );
}

/**
 * Is this an address that needs no second look: ASCII, at most 64 bytes, one @, labels that neither are empty nor begin or end
 * with a hyphen? Everything else is for the host, which may well accept it. Reads 64 bytes, whatever n is.
 */
export function isPlainEmail(p: usize, n: u32): bool {
  if (n < 3 || n > 64) return false;
  const bits: u64 = n == 64 ? ~0 : (<u64>1 << n) - 1;
  const bad =
    <u64>(<u32>i8x16.bitmask(strange(v128.load(p)))) |
    (<u64>(<u32>i8x16.bitmask(strange(v128.load(p, 16)))) << 16) |
    (n > 32
      ? (<u64>(<u32>i8x16.bitmask(strange(v128.load(p, 32)))) << 32) |
        (<u64>(<u32>i8x16.bitmask(strange(v128.load(p, 48)))) << 48)
      : 0);
  if (bad & bits) return false;
  const at = maskOf(p, 64) & bits;
  if (popcnt(at) != 1 || at & 1) return false;
  const domain = bits & ~(at | (at - 1));
  const dots = maskOf(p, 46) & domain;
  const hyphens = maskOf(p, 45) & domain;
  const last = <u64>1 << (n - 1);
  const ends = dots | at;
  if (!dots || (dots | at) & last || ends & (ends >> 1)) return false;
  return !(hyphens & (ends << 1)) && !(hyphens & (dots >> 1)) && !(hyphens & last);
}

/** Printable ASCII without a space, and longer than anything that stands for "no value". */
export function isPlainId(p: usize, n: u32): bool {
  if (n <= 14 || n > 512) {
    if (n == 0 || n > 512) return false;
    // A digit: no placeholder has one.
    let digit = false;
    for (let i: u32 = 0; i < n && !digit; i++) digit = load<u8>(p + i) - 48 <= 9;
    if (!digit) return false;
  }
  for (let i: u32 = 0; i < n; i++) if (load<u8>(p + i) - 0x21 > 0x5d) return false;
  return true;
}

/** No byte outside ASCII and no NUL, which no text file has. Reads up to 16 bytes beyond. */
export function isAscii(p: usize, e: usize): bool {
  for (; p < e; p += 16) {
    let odd = <u32>i8x16.bitmask(i8x16.le_s(v128.load(p), i8x16.splat(0)));
    if (e - p < 16) odd &= (1 << <u32>(e - p)) - 1;
    if (odd) return false;
  }
  return true;
}

/** Well-formed UTF-8 (Unicode 15, table 3-7) without NUL. */
export function isUtf8(p: usize, e: usize): bool {
  while (p < e) {
    const c = load<u8>(p++);
    if (c < 0x80) {
      if (c == 0) return false;
      continue;
    }
    if (c < 0xc2 || c > 0xf4) return false;
    const more: usize = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
    if (p + more > e) return false;
    const second = load<u8>(p);
    const least: u8 = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
    const most: u8 = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
    if (second < least || second > most) return false;
    for (let k: usize = 1; k < more; k++) if ((load<u8>(p + k) & 0xc0) != 0x80) return false;
    p += more;
  }
  return true;
}

/** Tells spellings of one plain identifier apart. Reads up to 7 bytes beyond. */
export function spelling(p: usize, e: usize, start: u32): u32 {
  let h = <u64>start ^ (<u64>(e - p) * 0x9e3779b97f4a7c15);
  for (; p < e; p += 8) {
    let word = load<u64>(p);
    if (e - p < 8) word &= (<u64>1 << (<u64>(e - p) << 3)) - 1;
    h = (h ^ word) * 0xff51afd7ed558ccd;
    h ^= h >> 32;
  }
  return <u32>h;
}
