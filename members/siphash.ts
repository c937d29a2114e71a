/**
 * SipHash-2-4 with 128-bit output, in 32-bit halves: a keyed hash that is fast on short texts and cannot be
 * predicted or inverted by guessing without the key.
 *
 * @see Aumasson & Bernstein (2012), SipHash: a fast short-input PRF, https://www.aumasson.jp/siphash/siphash.pdf
 *   and the reference implementation https://github.com/veorq/SipHash (vectors_sip128)
 */

/** A key, already mixed into the start state: v0…v3 as low and high halves. Make it once with `sipKey`. */
export type SipKey = Int32Array;

const word = (b: Uint8Array, at: number): number =>
  (b[at] as number) |
  ((b[at + 1] as number) << 8) |
  ((b[at + 2] as number) << 16) |
  ((b[at + 3] as number) << 24);

/** @param key 16 bytes */
export function sipKey(key: Uint8Array): SipKey {
  const k0l = word(key, 0),
    k0h = word(key, 4),
    k1l = word(key, 8),
    k1h = word(key, 12);
  return Int32Array.of(
    k0l ^ 0x70736575,
    k0h ^ 0x736f6d65,
    k1l ^ 0x6e646f6d ^ 0xee,
    k1h ^ 0x646f7261, // 0xee: the 128-bit variant
    k0l ^ 0x6e657261,
    k0h ^ 0x6c796765,
    k1l ^ 0x79746573,
    k1h ^ 0x74656462,
  );
}

const swap = (x: number): number =>
  ((x & 0xff) << 24) | ((x & 0xff00) << 8) | ((x >>> 8) & 0xff00) | (x >>> 24);

/**
 * Hashes the first `n` bytes and writes four words, big-endian, so that words compare as the hex digits do.
 *
 * @param bytes the message; `bytes.length` may be larger than `n`
 * @param out four 32-bit words at `out[at]`…`out[at + 3]`
 */
export function sipHash128(key: SipKey, bytes: Uint8Array, n: number, out: Uint32Array, at: number): void {
  let v0l = key[0] as number,
    v0h = key[1] as number,
    v1l = key[2] as number,
    v1h = key[3] as number;
  let v2l = key[4] as number,
    v2h = key[5] as number,
    v3l = key[6] as number,
    v3h = key[7] as number;
  const blocks = n >>> 3;
  let ml = 0,
    mh = 0,
    t = 0;

  // Blocks 0…blocks are the message, the last one padded with its length; then come two finalisations.
  for (let block = 0; block <= blocks + 2; block++) {
    let rounds = 2;
    if (block < blocks) {
      ml = word(bytes, block << 3);
      mh = word(bytes, (block << 3) + 4);
      v3l ^= ml;
      v3h ^= mh;
    } else if (block === blocks) {
      ml = 0;
      mh = n << 24;
      for (let i = n & 7, p = blocks << 3; i > 0; i--) {
        const b = bytes[p + i - 1] as number;
        if (i > 4) mh |= b << ((i - 5) << 3);
        else ml |= b << ((i - 1) << 3);
      }
      v3l ^= ml;
      v3h ^= mh;
    } else if (block === blocks + 1) {
      v2l ^= 0xee;
      rounds = 4;
    } else {
      v1l ^= 0xdd;
      rounds = 4;
    }

    for (; rounds > 0; rounds--) {
      t = v0l;
      v0l = (v0l + v1l) | 0;
      v0h = (v0h + v1h + (v0l >>> 0 < t >>> 0 ? 1 : 0)) | 0; // v0 += v1
      t = (v1l << 13) | (v1h >>> 19);
      v1h = ((v1h << 13) | (v1l >>> 19)) ^ v0h;
      v1l = t ^ v0l; // v1 = rotl 13 ^ v0
      t = v0l;
      v0l = v0h;
      v0h = t; // v0 = rotl 32
      t = v2l;
      v2l = (v2l + v3l) | 0;
      v2h = (v2h + v3h + (v2l >>> 0 < t >>> 0 ? 1 : 0)) | 0; // v2 += v3
      t = (v3l << 16) | (v3h >>> 16);
      v3h = ((v3h << 16) | (v3l >>> 16)) ^ v2h;
      v3l = t ^ v2l; // v3 = rotl 16 ^ v2
      t = v0l;
      v0l = (v0l + v3l) | 0;
      v0h = (v0h + v3h + (v0l >>> 0 < t >>> 0 ? 1 : 0)) | 0; // v0 += v3
      t = (v3l << 21) | (v3h >>> 11);
      v3h = ((v3h << 21) | (v3l >>> 11)) ^ v0h;
      v3l = t ^ v0l; // v3 = rotl 21 ^ v0
      t = v2l;
      v2l = (v2l + v1l) | 0;
      v2h = (v2h + v1h + (v2l >>> 0 < t >>> 0 ? 1 : 0)) | 0; // v2 += v1
      t = (v1l << 17) | (v1h >>> 15);
      v1h = ((v1h << 17) | (v1l >>> 15)) ^ v2h;
      v1l = t ^ v2l; // v1 = rotl 17 ^ v2
      t = v2l;
      v2l = v2h;
      v2h = t; // v2 = rotl 32
    }

    if (block <= blocks) {
      v0l ^= ml;
      v0h ^= mh;
    } else {
      const half = at + ((block - blocks - 1) << 1);
      out[half] = swap(v0l ^ v1l ^ v2l ^ v3l);
      out[half + 1] = swap(v0h ^ v1h ^ v2h ^ v3h);
    }
  }
}
