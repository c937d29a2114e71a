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

/** Eight ASCII letters to lower case at once. Other bytes stay. */
@inline function lowerCase(v: u64): u64 {
  const ones: u64 = 0x0101010101010101;
  const bare = v & (ones * 0x7f);
  const atLeastA = bare + ones * (0x80 - 65);
  const aboveZ = bare + ones * (0x80 - 91);
  return v | ((atLeastA & ~aboveZ & ~v & (ones * 0x80)) >> 2);
}

/** The last `n & 7` bytes and the length. Reads up to 8 bytes from `p`, whatever n is. */
@inline function lastBlock(p: usize, n: u32, fold: bool): u64 {
  const rest = load<u64>(p) & ((<u64>1 << ((n & 7) << 3)) - 1);
  return (fold ? lowerCase(rest) : rest) | (<u64>n << 56);
}

/** Hashes `n` bytes at `p`, as an identity or as a value; with `fold`, as if its ASCII letters were lower case. */
export function sip(p: usize, n: u32, identity: bool, fold: bool): void {
  let v0 = identity ? i0 : f0;
  let v1 = identity ? i1 : f1;
  let v2 = identity ? i2 : f2;
  let v3 = identity ? i3 : f3;
  const blocks = n >> 3;
  // Blocks 0…blocks are the message, the last one padded with its length; then come two finalisations.
  for (let block: u32 = 0; block <= blocks + 2; block++) {
    let rounds: u32 = 2;
    let m: u64 = 0;
    if (block < blocks) {
      m = load<u64>(p + (block << 3));
      if (fold) m = lowerCase(m);
      v3 ^= m;
    } else if (block == blocks) {
      m = lastBlock(p + (block << 3), n, fold);
      v3 ^= m;
    } else {
      rounds = 4;
      if (block == blocks + 1) v2 ^= 0xee;
      else v1 ^= 0xdd;
    }
    for (; rounds > 0; rounds--) {
      v0 += v1; v1 = rotl(v1, 13) ^ v0; v0 = rotl(v0, 32);
      v2 += v3; v3 = rotl(v3, 16) ^ v2;
      v0 += v3; v3 = rotl(v3, 21) ^ v0;
      v2 += v1; v1 = rotl(v1, 17) ^ v2; v2 = rotl(v2, 32);
    }
    if (block <= blocks) v0 ^= m;
    else if (block == blocks + 1) high = bswap(v0 ^ v1 ^ v2 ^ v3);
    else low = bswap(v0 ^ v1 ^ v2 ^ v3);
  }
}

/** Hashes two identities side by side, both folded: `high`, `low` of the first, `high2`, `low2` of the second. */
export function sipPair(p: usize, n: u32, q: usize, m: u32): void {
  let a0 = i0;
  let a1 = i1;
  let a2 = i2;
  let a3 = i3;
  let b0 = i0;
  let b1 = i1;
  let b2 = i2;
  let b3 = i3;
  const left = n >> 3;
  const right = m >> 3;
  const most = max(left, right);
  for (let block: u32 = 0; block <= most; block++) {
    if (block <= left && block <= right) {
      const x = block < left ? lowerCase(load<u64>(p + (block << 3))) : lastBlock(p + (block << 3), n, true);
      const y = block < right ? lowerCase(load<u64>(q + (block << 3))) : lastBlock(q + (block << 3), m, true);
      a3 ^= x;
      b3 ^= y;
      for (let r = 0; r < 2; r++) {
        a0 += a1; b0 += b1; a1 = rotl(a1, 13) ^ a0; b1 = rotl(b1, 13) ^ b0; a0 = rotl(a0, 32); b0 = rotl(b0, 32);
        a2 += a3; b2 += b3; a3 = rotl(a3, 16) ^ a2; b3 = rotl(b3, 16) ^ b2;
        a0 += a3; b0 += b3; a3 = rotl(a3, 21) ^ a0; b3 = rotl(b3, 21) ^ b0;
        a2 += a1; b2 += b1; a1 = rotl(a1, 17) ^ a2; b1 = rotl(b1, 17) ^ b2; a2 = rotl(a2, 32); b2 = rotl(b2, 32);
      }
      a0 ^= x;
      b0 ^= y;
    } else if (block <= left) {
      const x = block < left ? lowerCase(load<u64>(p + (block << 3))) : lastBlock(p + (block << 3), n, true);
      a3 ^= x;
      for (let r = 0; r < 2; r++) {
        a0 += a1; a1 = rotl(a1, 13) ^ a0; a0 = rotl(a0, 32); a2 += a3; a3 = rotl(a3, 16) ^ a2;
        a0 += a3; a3 = rotl(a3, 21) ^ a0; a2 += a1; a1 = rotl(a1, 17) ^ a2; a2 = rotl(a2, 32);
      }
      a0 ^= x;
    } else {
      const y = block < right ? lowerCase(load<u64>(q + (block << 3))) : lastBlock(q + (block << 3), m, true);
      b3 ^= y;
      for (let r = 0; r < 2; r++) {
        b0 += b1; b1 = rotl(b1, 13) ^ b0; b0 = rotl(b0, 32); b2 += b3; b3 = rotl(b3, 16) ^ b2;
        b0 += b3; b3 = rotl(b3, 21) ^ b0; b2 += b1; b1 = rotl(b1, 17) ^ b2; b2 = rotl(b2, 32);
      }
      b0 ^= y;
    }
  }
  a2 ^= 0xee;
  b2 ^= 0xee;
  for (let half = 0; half < 2; half++) {
    for (let r = 0; r < 4; r++) {
      a0 += a1; b0 += b1; a1 = rotl(a1, 13) ^ a0; b1 = rotl(b1, 13) ^ b0; a0 = rotl(a0, 32); b0 = rotl(b0, 32);
      a2 += a3; b2 += b3; a3 = rotl(a3, 16) ^ a2; b3 = rotl(b3, 16) ^ b2;
      a0 += a3; b0 += b3; a3 = rotl(a3, 21) ^ a0; b3 = rotl(b3, 21) ^ b0;
      a2 += a1; b2 += b1; a1 = rotl(a1, 17) ^ a2; b1 = rotl(b1, 17) ^ b2; a2 = rotl(a2, 32); b2 = rotl(b2, 32);
    }
    if (half == 0) {
      high = bswap(a0 ^ a1 ^ a2 ^ a3);
      high2 = bswap(b0 ^ b1 ^ b2 ^ b3);
      a1 ^= 0xdd;
      b1 ^= 0xdd;
    } else {
      low = bswap(a0 ^ a1 ^ a2 ^ a3);
      low2 = bswap(b0 ^ b1 ^ b2 ^ b3);
    }
  }
}
