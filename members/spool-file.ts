import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto";
import { AuditorError } from "../core/errors.ts";
import type { Keys } from "./keys.ts";
import { PARTITIONS } from "./set-layout.ts";

/**
 * The spool file, little-endian; docs/spool-format.md says it byte by byte:
 *
 *     magic "PLSP", version, name                  8 + 32 bytes; the name is random
 *     per partition that has people: its blocks    about 8 kB of rows each, in the order of the keys
 *                                    its index     per block the first key and the length
 *     directory                                    per partition: where its index is, its first block's number, its blocks
 *
 * Blocks, indexes and the directory are sealed with AES-256-GCM under a key that HKDF makes of the installation's `seal`
 * key and the name, so each file has a key of its own. The nonce is the number of the sealed part, counted through the
 * file: it never repeats under one key. Name and number are authenticated too.
 */
export const SPOOL_MAGIC = 0x50534c50;
export const SPOOL_VERSION = 2;
export const NAME_BYTES = 32;
export const HEAD_BYTES = 8 + NAME_BYTES;
export const TAG_BYTES = 16;
/** Index offset low, high; number of the first block; blocks. */
const ENTRY_BYTES = 16;
export const DIRECTORY_BYTES = PARTITIONS * ENTRY_BYTES + TAG_BYTES;
/** First key (four words) and length of a sealed block. */
export const INDEX_ENTRY_BYTES = 20;
/** Number of the directory; blocks and indexes count up from 0 and stay below. */
const DIRECTORY_NUMBER = 0xffff_ffff;
const TWO_32 = 2 ** 32;

const FIX = "read the segment again: the next audit writes a new spool";

export const spoolDamaged = (path: string, what: string, cause?: unknown): AuditorError =>
  new AuditorError("bad_data", path, what, FIX, { cause });

export const spoolGone = (path: string, cause: unknown): AuditorError =>
  new AuditorError("not_found", path, "the rows of this snapshot are not kept any more", FIX, { cause });

/** What seals and opens the parts of one file. Plain data, so that it can be sent to a thread. */
export type SpoolKey = { readonly key: Uint8Array; readonly name: Uint8Array };

/** @param name the file's random 32 bytes: under another name the same parts get other keys */
export const spoolKey = (keys: Keys, name: Uint8Array): SpoolKey => ({
  key: new Uint8Array(hkdfSync("sha256", keys.seal, name, "plumbline/spool/2", 32)),
  name: Uint8Array.from(name),
});

/** Seals and opens the numbered parts of one file. */
export class SpoolSeal {
  readonly #key: Uint8Array;
  readonly #nonce = Buffer.alloc(12);
  /** Name and number. */
  readonly #context: Buffer;

  constructor({ key, name }: SpoolKey) {
    this.#key = key;
    this.#context = Buffer.concat([name, Buffer.alloc(4)]);
  }

  #count(number: number): void {
    this.#nonce.writeUInt32LE(number, 0);
    this.#context.writeUInt32LE(number, NAME_BYTES);
  }

  /** @returns ciphertext and tag. A number must never be used twice under one name. */
  seal(plain: Uint8Array, number: number): [Buffer, Buffer] {
    this.#count(number);
    const cipher = createCipheriv("aes-256-gcm", this.#key, this.#nonce);
    cipher.setAAD(this.#context);
    const body = cipher.update(plain);
    cipher.final(); // GCM is a stream cipher: final adds no bytes
    return [body, cipher.getAuthTag()];
  }

  /** @throws the cipher's error when the part was changed, cut, moved, or sealed with another key */
  open(sealed: Uint8Array, number: number): Buffer {
    if (sealed.length < TAG_BYTES) throw new RangeError("too short");
    this.#count(number);
    const decipher = createDecipheriv("aes-256-gcm", this.#key, this.#nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(this.#context);
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
    const plain = decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES));
    decipher.final();
    return plain;
  }
}

/** Where the parts of one partition are. */
export type SpoolPlace = {
  /** Byte offset of its index; the blocks end there. */
  readonly index: number;
  /** Number of its first block; its index has the number after its last block. */
  readonly first: number;
  /** 0: nobody. */
  readonly blocks: number;
};

export function encodeSpoolDirectory(places: readonly SpoolPlace[], seal: SpoolSeal): [Buffer, Buffer] {
  const plain = Buffer.alloc(PARTITIONS * ENTRY_BYTES);
  for (const [p, { index, first, blocks }] of places.entries()) {
    plain.writeUInt32LE(index % TWO_32, ENTRY_BYTES * p);
    plain.writeUInt32LE(Math.floor(index / TWO_32), ENTRY_BYTES * p + 4);
    plain.writeUInt32LE(first, ENTRY_BYTES * p + 8);
    plain.writeUInt32LE(blocks, ENTRY_BYTES * p + 12);
  }
  return seal.seal(plain, DIRECTORY_NUMBER);
}

/** @throws as `SpoolSeal.open` */
export function decodeSpoolDirectory(sealed: Uint8Array, seal: SpoolSeal): readonly SpoolPlace[] {
  const plain = seal.open(sealed, DIRECTORY_NUMBER);
  return Array.from({ length: PARTITIONS }, (_, p) => ({
    index: plain.readUInt32LE(ENTRY_BYTES * p) + plain.readUInt32LE(ENTRY_BYTES * p + 4) * TWO_32,
    first: plain.readUInt32LE(ENTRY_BYTES * p + 8),
    blocks: plain.readUInt32LE(ENTRY_BYTES * p + 12),
  }));
}
