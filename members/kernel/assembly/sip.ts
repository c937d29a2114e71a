/**
 * SipHash-2-4 with 128-bit output (Aumasson & Bernstein 2012), for one text and for two at once: two independent chains
 * fill the processor where one waits for itself. Results stand in globals, since a function returns one value.
 */

/** Start states of the keys, already mixed: identities, and fingerprints of values. */
let i0: u64 = 0;
let i1: u64 = 0;
let i2: u64 = 0;
let i3: u64 = 0;
let f0: u64 = 0;
let f1: u64 = 0;
let f2: u64 = 0;
let f3: u64 = 0;

/** Digest of the first text: `high` has the bytes that come first, most significant first, so that it compares as they do. */
export let high: u64 = 0;
export let low: u64 = 0;
/** Digest of the second text of a pair. */
export let high2: u64 = 0;
export let low2: u64 = 0;

/** Each key as its first eight bytes and the other eight, little-endian. */
export function setKeys(identity0: u64, identity1: u64, print0: u64, print1: u64): void {
  i0 = identity0 ^ 0x736f6d6570736575;
  i1 = identity1 ^ 0x646f72616e646f6d ^ 0xee; // 0xee: the 128-bit variant
  i2 = identity0 ^ 0x6c7967656e657261;
  i3 = identity1 ^ 0x7465646279746573;
  f0 = print0 ^ 0x736f6d6570736575;
  f1 = print1 ^ 0x646f72616e646f6d ^ 0xee;
  f2 = print0 ^ 0x6c7967656e657261;
  f3 = print1 ^ 0x7465646279746573;
}

/** Hashes `n` bytes at `p`, as an identity or as a value. Reads up to 7 bytes beyond. */
export function sip(p: usize, n: u32, identity: bool): void {
  let v0 = identity ? i0 : f0;
  let v1 = identity ? i1 : f1;
  let v2 = identity ? i2 : f2;
  let v3 = identity ? i3 : f3;
  const words = n >> 3;
  // Words 0…words are the message, the last one padded with its length; then come two finalisations.
  for (let step: u32 = 0; step <= words + 2; step++) {
    let rounds: u32 = 2;
    let m: u64 = 0;
    if (step <= words) {
      m = load<u64>(p + (<usize>step << 3));
      if (step == words) m = lastWord(m, n);
      v3 ^= m;
    } else {
      rounds = 4;
      if (step == words + 1) v2 ^= 0xee;
      else v1 ^= 0xdd;
    }
    for (; rounds > 0; rounds--) {
      v0 += v1; v1 = rotl(v1, 13) ^ v0; v0 = rotl(v0, 32);
      v2 += v3; v3 = rotl(v3, 16) ^ v2;
      v0 += v3; v3 = rotl(v3, 21) ^ v0;
      v2 += v1; v1 = rotl(v1, 17) ^ v2; v2 = rotl(v2, 32);
    }
    if (step <= words) v0 ^= m;
    else if (step == words + 1) high = bswap(v0 ^ v1 ^ v2 ^ v3);
    else low = bswap(v0 ^ v1 ^ v2 ^ v3);
  }
}

/** The first word of an identity: its kind stands before the text. Reads the byte before `p`. */
@inline function firstWord(p: usize, kind: u64): u64 {
  return (load<u64>(p - 1) & ~0xff) | kind;
}

/** The last word of a message of `n` bytes: what is left of it, and its length. */
@inline function lastWord(word: u64, n: u32): u64 {
  return (word & ((<u64>1 << ((n & 7) << 3)) - 1)) | (<u64>n << 56);
}

/**
 * Hashes two identities side by side, texts as they are, each after its kind: `high`, `low` of the first, `high2`, `low2` of the
 * second. Both have the same number of words: `n + 1 >> 3` is `m + 1 >> 3`. Reads one byte before each and 7 beyond.
 */
export function sipPair(p: usize, n: u32, q: usize, m: u32, kind: u64): void {
  assert((n + 1) >> 3 == (m + 1) >> 3);
  let a0 = i0;
  let a1 = i1;
  let a2 = i2;
  let a3 = i3;
  let b0 = a0;
  let b1 = a1;
  let b2 = a2;
  let b3 = a3;
  let x = firstWord(p, kind);
  let y = firstWord(q, kind);
  for (let left = (n + 1) >> 3; ; left--) {
    if (left == 0) {
      x = lastWord(x, n + 1);
      y = lastWord(y, m + 1);
    }
    a3 ^= x; b3 ^= y;
    a0 += a1; b0 += b1; a1 = rotl(a1, 13) ^ a0; b1 = rotl(b1, 13) ^ b0; a0 = rotl(a0, 32); b0 = rotl(b0, 32);
    a2 += a3; b2 += b3; a3 = rotl(a3, 16) ^ a2; b3 = rotl(b3, 16) ^ b2;
    a0 += a3; b0 += b3; a3 = rotl(a3, 21) ^ a0; b3 = rotl(b3, 21) ^ b0;
    a2 += a1; b2 += b1; a1 = rotl(a1, 17) ^ a2; b1 = rotl(b1, 17) ^ b2; a2 = rotl(a2, 32); b2 = rotl(b2, 32);
    a0 += a1; b0 += b1; a1 = rotl(a1, 13) ^ a0; b1 = rotl(b1, 13) ^ b0; a0 = rotl(a0, 32); b0 = rotl(b0, 32);
    a2 += a3; b2 += b3; a3 = rotl(a3, 16) ^ a2; b3 = rotl(b3, 16) ^ b2;
    a0 += a3; b0 += b3; a3 = rotl(a3, 21) ^ a0; b3 = rotl(b3, 21) ^ b0;
    a2 += a1; b2 += b1; a1 = rotl(a1, 17) ^ a2; b1 = rotl(b1, 17) ^ b2; a2 = rotl(a2, 32); b2 = rotl(b2, 32);
    a0 ^= x; b0 ^= y;
    if (left == 0) break;
    p += 8;
    q += 8;
    x = load<u64>(p - 1);
    y = load<u64>(q - 1);
  }
  a2 ^= 0xee;
  b2 ^= 0xee;
  for (let half = 0; ; half++) {
    a0 += a1; b0 += b1; a1 = rotl(a1, 13) ^ a0; b1 = rotl(b1, 13) ^ b0; a0 = rotl(a0, 32); b0 = rotl(b0, 32);
    a2 += a3; b2 += b3; a3 = rotl(a3, 16) ^ a2; b3 = rotl(b3, 16) ^ b2;
    a0 += a3; b0 += b3; a3 = rotl(a3, 21) ^ a0; b3 = rotl(b3, 21) ^ b0;
    a2 += a1; b2 += b1; a1 = rotl(a1, 17) ^ a2; b1 = rotl(b1, 17) ^ b2; a2 = rotl(a2, 32); b2 = rotl(b2, 32);
    a0 += a1; b0 += b1; a1 = rotl(a1, 13) ^ a0; b1 = rotl(b1, 13) ^ b0; a0 = rotl(a0, 32); b0 = rotl(b0, 32);
    a2 += a3; b2 += b3; a3 = rotl(a3, 16) ^ a2; b3 = rotl(b3, 16) ^ b2;
    a0 += a3; b0 += b3; a3 = rotl(a3, 21) ^ a0; b3 = rotl(b3, 21) ^ b0;
    a2 += a1; b2 += b1; a1 = rotl(a1, 17) ^ a2; b1 = rotl(b1, 17) ^ b2; a2 = rotl(a2, 32); b2 = rotl(b2, 32);
    if (half & 1) {
      const a = bswap(a0 ^ a1 ^ a2 ^ a3);
      const b = bswap(b0 ^ b1 ^ b2 ^ b3);
      if (half == 3) {
        low = a;
        low2 = b;
        break;
      }
      high = a;
      high2 = b;
      a1 ^= 0xdd;
      b1 ^= 0xdd;
    }
  }
}
