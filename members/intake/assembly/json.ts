/** Writes JSON text as the reference does: what needs no escape is copied as it stands. */

const QUOTE: u8 = 34;
const BACKSLASH: u8 = 92;
/** A byte becomes at most `\u001f`; and copies go sixteen bytes at a time. */
const WORST: usize = 6;
const STEP: usize = 16;

/** Where the next byte goes, and where none may. */
let out: usize = 0;
let outEnd: usize = 0;

export function beginText(at: usize, end: usize): void {
  out = at;
  outEnd = end;
}
@inline export function textAt(): usize {
  return out;
}

@inline function room(bytes: usize): void {
  // The host makes room for the worst block; without room this must not write over what comes next.
  if (out + bytes + STEP > outEnd) unreachable();
}

@inline function write(c: u8): void {
  store<u8>(out++, c);
}
export function put(c: u8): void {
  room(1);
  write(c);
}
export function put2(c: u8, d: u8): void {
  room(2);
  write(c);
  write(d);
}

export function putNull(): void {
  room(4);
  store<u32>(out, 0x6c6c756e);
  out += 4;
}

/** `"true"` or `"false"`. */
export function putYesNo(yes: bool): void {
  room(8);
  write(QUOTE);
  if (yes) {
    store<u32>(out, 0x65757274);
    out += 4;
  } else {
    store<u32>(out, 0x736c6166);
    store<u8>(out, 101, 4);
    out += 5;
  }
  write(QUOTE);
}

/** Bytes that are JSON already. Reads up to 15 beyond. */
export function copyBytes(p: usize, n: u32): void {
  room(<usize>n);
  for (let i: u32 = 0; i < n; i += 16) v128.store(out + <usize>i, v128.load(p + <usize>i));
  out += <usize>n;
}

@inline function escapesIn(x: v128): u32 {
  return <u32>i8x16.bitmask(
    v128.or(
      v128.or(i8x16.eq(x, i8x16.splat(QUOTE)), i8x16.eq(x, i8x16.splat(BACKSLASH))),
      i8x16.lt_u(x, i8x16.splat(32)),
    ),
  );
}

/** UTF-8 text from `p` to `e` between quotes; a quote in it is doubled, as CSV has it. Reads up to 15 bytes beyond. */
export function putText(p: usize, e: usize): void {
  room((e - p) * WORST + 2);
  write(QUOTE);
  while (p < e) {
    const x = v128.load(p);
    v128.store(out, x);
    const left = e - p;
    const odd = escapesIn(x);
    const plain = odd ? <usize>ctz(odd) : STEP;
    if (plain >= min(left, STEP)) {
      out += min(left, STEP);
      p += STEP;
      continue;
    }
    out += plain;
    p += plain;
    const c = load<u8>(p);
    p += c == QUOTE ? 2 : 1;
    putEscape(c);
  }
  write(QUOTE);
}

function putEscape(c: u8): void {
  write(BACKSLASH);
  if (c == QUOTE || c == BACKSLASH) write(c);
  else if (c == 8) write(98);
  else if (c == 9) write(116);
  else if (c == 10) write(110);
  else if (c == 12) write(102);
  else if (c == 13) write(114);
  else {
    store<u32>(out, 0x30303075); // u000
    const digit = c & 15;
    store<u8>(out, 48 + (c >> 4), 3);
    store<u8>(out, digit < 10 ? 48 + digit : 87 + digit, 4);
    out += 5;
  }
}
