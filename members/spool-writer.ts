import { AtomicFile } from "./atomic-file.ts";
import type { Keys } from "./keys.ts";
import {
  encodeSpoolDirectory,
  INDEX_ENTRY_BYTES,
  NAME_BYTES,
  SPOOL_MAGIC,
  SPOOL_VERSION,
  type SpoolPlace,
  SpoolSeal,
  spoolKey,
  TAG_BYTES,
} from "./spool-file.ts";

/**
 * A block is closed before it grows beyond this. Larger ones cost more to open for one person, smaller ones more
 * to seal: starting the cipher costs as much as 8 kB of it.
 */
const BLOCK_BYTES = 5 << 10;
/** Key and end of one row in a block. */
const ROW_BYTES = 20;

/**
 * Writes the sealed rows of one reading in one pass: every partition in order, empty ones too, then `commit`. Not synced
 * to the disk: what a power cut takes is noticed and read again.
 */
export class SpoolWriter {
  readonly #file: AtomicFile;
  readonly #seal: SpoolSeal;
  readonly #places: SpoolPlace[] = [];
  #number = 0;

  private constructor(file: AtomicFile, seal: SpoolSeal) {
    this.#file = file;
    this.#seal = seal;
  }

  /** @param randomBytes cryptographic randomness; the name that it gives must never come twice */
  static async create(
    path: string,
    keys: Keys,
    randomBytes: (n: number) => Uint8Array,
  ): Promise<SpoolWriter> {
    const file = await AtomicFile.create(path);
    const name = randomBytes(NAME_BYTES);
    const start = Buffer.alloc(8);
    start.writeUInt32LE(SPOOL_MAGIC, 0);
    start.writeUInt32LE(SPOOL_VERSION, 4);
    await file.write(start);
    await file.write(name);
    return new SpoolWriter(file, new SpoolSeal(spoolKey(keys, name)));
  }

  /** The next partition. @param keys four words a person, sorted; @param texts their rows in the same order */
  async write(keys: Uint32Array, texts: readonly Uint8Array[]): Promise<void> {
    const first = this.#number;
    const index: Buffer[] = [];
    for (let from = 0; from < texts.length; ) {
      const to = endOfBlock(texts, from);
      const entry = Buffer.alloc(INDEX_ENTRY_BYTES);
      for (let k = 0; k < 4; k++) entry.writeUInt32LE(keys[4 * from + k] as number, 4 * k);
      entry.writeUInt32LE(await this.#write(block(keys, texts, from, to)), 16);
      index.push(entry);
      from = to;
    }
    this.#places.push({ index: this.#file.bytes, first, blocks: index.length });
    if (index.length > 0) await this.#write(Buffer.concat(index));
  }

  /** @returns bytes that the part takes in the file */
  async #write(plain: Uint8Array): Promise<number> {
    const [body, tag] = this.#seal.seal(plain, this.#number++);
    await this.#file.write(body);
    await this.#file.write(tag);
    return body.length + TAG_BYTES;
  }

  async commit(): Promise<void> {
    for (const part of encodeSpoolDirectory(this.#places, this.#seal)) await this.#file.write(part);
    await this.#file.commit({ durable: false });
  }

  abort(): Promise<void> {
    return this.#file.abort();
  }
}

/** A block holds one row at least, however long that is. */
function endOfBlock(texts: readonly Uint8Array[], from: number): number {
  let bytes = 4;
  for (let i = from; i < texts.length; i++) {
    bytes += ROW_BYTES + (texts[i] as Uint8Array).length;
    if (bytes > BLOCK_BYTES && i > from) return i;
  }
  return texts.length;
}

/** n, keys, where each text ends, texts. */
function block(keys: Uint32Array, texts: readonly Uint8Array[], from: number, to: number): Buffer {
  const n = to - from;
  let bytes = 0;
  for (let i = from; i < to; i++) bytes += (texts[i] as Uint8Array).length;
  const textsAt = 4 + ROW_BYTES * n;
  const plain = Buffer.allocUnsafe(textsAt + bytes);
  plain.writeUInt32LE(n, 0);
  for (let w = 0; w < 4 * n; w++) plain.writeUInt32LE(keys[4 * from + w] as number, 4 + 4 * w);
  let end = 0;
  for (let i = 0; i < n; i++) {
    const text = texts[from + i] as Uint8Array;
    plain.set(text, textsAt + end);
    end += text.length;
    plain.writeUInt32LE(end, 4 + 16 * n + 4 * i);
  }
  return plain;
}
