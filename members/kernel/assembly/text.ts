/** What may be done with a text here, and what needs the host: all that is neither plain ASCII nor plain Latin letters. */

const AT: u8 = 64;
const DOT: u8 = 46;
const HYPHEN: u8 = 45;

/** What a text is. */
export const UNUSUAL: u32 = 0;
/** The reference would take it as it is. */
export const NORMAL: u32 = 1;
/** The reference would take it in lower case. */
export const CAPITALS: u32 = 2;

// The white space of ASCII: tab to carriage return, and the space.
@inline function isSpace(c: u8): bool {
  return c == 32 || c - 9 <= 4;
}
/** Where the text begins without white space before it. */
@inline
export function trimStart(a: usize, e: usize): usize {
  while (a < e && isSpace(load<u8>(a))) a++;
  return a;
}
/** Where the text ends without white space after it. */
@inline
export function trimEnd(a: usize, e: usize): usize {
  while (e > a && isSpace(load<u8>(e - 1))) e--;
  return e;
}

/** Bytes that never stand in a plain address: controls, space, `"(),:;<>[\]`, and everything outside ASCII. */
@inline function strange(x: v128): v128 {
  // Each half of a byte names a set of rows and columns; a byte is strange where both name the same.
  const byLow = i8x16.swizzle(i8x16(3, 1, 3, 1, 1, 1, 1, 1, 3, 3, 5, 13, 15, 9, 5, 17), v128.and(x, i8x16.splat(15)));
  const byHigh = i8x16.swizzle(i8x16(1, 1, 2, 4, 0, 8, 0, 16, 1, 1, 1, 1, 1, 1, 1, 1), i8x16.shr_u(x, 4));
  return i8x16.ne(v128.and(byLow, byHigh), i8x16.splat(0));
}
@inline function among(x: v128, first: u8, n: u8): v128 {
  return i8x16.lt_u(i8x16.sub(x, i8x16.splat(first)), i8x16.splat(n));
}
@inline function is(x: v128, c: u8): v128 {
  return i8x16.eq(x, i8x16.splat(c));
}
@inline function bits(x: v128, y: v128): u64 {
  return <u64>(<u32>i8x16.bitmask(x)) | (<u64>(<u32>i8x16.bitmask(y)) << 16);
}

/**
 * Is this an address that needs no second look: at most 64 bytes of ASCII and of Latin letters with an accent, one @, labels that
 * neither are empty nor begin or end with a hyphen? Everything else is for the host, which may well accept it. Reads 64 bytes,
 * whatever n is; they are well-formed UTF-8.
 */
export function plainEmail(p: usize, n: u32): u32 {
  if (n < 3 || n > 64) return UNUSUAL;
  const x = v128.load(p);
  const y = v128.load(p, 16);
  let odd = bits(strange(x), strange(y));
  let at = bits(is(x, AT), is(y, AT));
  let dots = bits(is(x, DOT), is(y, DOT));
  let hyphens = bits(is(x, HYPHEN), is(y, HYPHEN));
  let capitals = bits(among(x, 65, 26), among(y, 65, 26));
  if (n > 32) {
    const z = v128.load(p, 32);
    const w = v128.load(p, 48);
    odd |= bits(strange(z), strange(w)) << 32;
    at |= bits(is(z, AT), is(w, AT)) << 32;
    dots |= bits(is(z, DOT), is(w, DOT)) << 32;
    hyphens |= bits(is(z, HYPHEN), is(w, HYPHEN)) << 32;
    capitals |= bits(among(z, 65, 26), among(w, 65, 26)) << 32;
  }
  const all: u64 = ~0 >> (64 - <u64>n);
  let kind = capitals & all ? CAPITALS : NORMAL;
  if (odd & all) {
    const letters = latinLetters(p, odd & all);
    if (letters == UNUSUAL) return UNUSUAL;
    kind = max(kind, letters);
  }
  at &= all;
  if (popcnt(at) != 1 || at & 1) return UNUSUAL;
  const domain = all & ~(at | (at - 1));
  dots &= domain;
  hyphens &= domain;
  const last = <u64>1 << (n - 1);
  const ends = dots | at;
  if (!dots || ends & last || ends & (ends >> 1)) return UNUSUAL;
  if (hyphens && (hyphens & (ends << 1) || hyphens & (dots >> 1) || hyphens & last)) return UNUSUAL;
  return kind;
}

/**
 * Are these bytes the letters U+00C0 to U+00FF? NFC leaves them as they are among themselves and after ASCII, and a capital and
 * its small letter differ in one bit of their second byte. (ß and ÿ are small; × and ÷ between them are no letters.)
 */
function latinLetters(p: usize, odd: u64): u32 {
  let kind = NORMAL;
  for (; odd; odd &= odd - 1) {
    const at = p + <usize>ctz(odd);
    if (load<u8>(at) != 0xc3) return UNUSUAL;
    const second = load<u8>(at, 1);
    if ((second & 0xdf) == 0x97 || (second & 0xc0) != 0x80) return UNUSUAL;
    if (second < 0x9f) kind = CAPITALS;
    odd &= odd - 1;
  }
  return kind;
}

/** Copies an address that has capitals, in lower case. Writes up to 15 bytes beyond. */
export function toLowerCase(p: usize, n: u32, to: usize): void {
  for (let k: usize = 0; k < <usize>n; k += 16) {
    const x = v128.load(p + k);
    // Of the Latin letters, only second bytes are so low.
    const capital = v128.or(among(x, 65, 26), among(x, 0x80, 0x1f));
    v128.store(to + k, v128.or(x, v128.and(capital, i8x16.splat(32))));
  }
}

/** Printable ASCII without a space, and longer than anything that stands for "no value", or with a digit: no placeholder has one. */
export function plainId(p: usize, n: u32): u32 {
  if (n == 0 || n > 512) return UNUSUAL;
  let digit = n > 14;
  for (let k: u32 = 0; k < n; k += 16) {
    const x = v128.load(p + <usize>k);
    let odd = ~(<u32>i8x16.bitmask(among(x, 0x21, 0x5e)));
    let digits = <u32>i8x16.bitmask(among(x, 48, 10));
    if (n - k < 16) {
      odd &= (1 << (n - k)) - 1;
      digits &= (1 << (n - k)) - 1;
    }
    if (odd & 0xffff) return UNUSUAL;
    if (digits) digit = true;
  }
  return digit ? NORMAL : UNUSUAL;
}

/**
 * Is this text, well-formed UTF-8, in Unicode's form NFC without looking it up? So it is when it has nothing but ASCII, U+00C0 to
 * U+02FF and U+0400 to U+047F: all of them stand for themselves, and none combines with what is before it (UAX #15, quick check).
 * None is white space, either. Reads up to 15 bytes beyond.
 */
export function isPlainNfc(p: usize, n: u32): bool {
  for (let k: u32 = 0; k < n; k += 16) {
    const x = v128.load(p + <usize>k);
    const lead = among(x, 0xc0, 0x40);
    const known = v128.or(among(x, 0xc3, 9), among(x, 0xd0, 2));
    let odd = <u32>i8x16.bitmask(v128.andnot(lead, known));
    if (n - k < 16) odd &= (1 << (n - k)) - 1;
    if (odd) return false;
  }
  return true;
}

/** Well-formed UTF-8 (Unicode 15, table 3-7) without NUL. Reads up to 15 bytes beyond. */
export function isUtf8(p: usize, e: usize): bool {
  while (p < e) {
    if (!v128.any_true(i8x16.le_s(v128.load(p), i8x16.splat(0)))) {
      p += 16;
      continue;
    }
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

/** Tells spellings of one identifier apart. Reads up to 7 bytes beyond. */
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
