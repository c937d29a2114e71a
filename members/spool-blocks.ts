import { readSync } from "node:fs";
import { INDEX_ENTRY_BYTES, type SpoolKey, type SpoolPlace, SpoolSeal, TAG_BYTES } from "./spool-file.ts";

/** Rows of people that were found in one partition. Plain data, so that a thread can send it. */
export type FoundRows = {
  /** Which of the keys asked for, by their position. */
  readonly asked: Uint32Array;
  /** Where the text of each ends; the first begins at 0. */
  readonly ends: Uint32Array;
  /** UTF-8, one text behind the other. */
  readonly texts: Uint8Array;
};

/** All rows of one partition. */
export type SpoolRows = { readonly keys: Uint32Array; readonly texts: readonly Uint8Array[] };

type Block = { readonly number: number; readonly offset: number; readonly length: number };

/** The part is shorter than its directory says. */
class Cut extends Error {}

/**
 * The blocks of one open spool file. Reads synchronously: a block is 5 kB, and handing it to another thread of Node's costs
 * more than reading it. Memory: the index of one partition and one block.
 */
export class SpoolBlocks {
  readonly #fd: number;
  readonly #seal: SpoolSeal;
  readonly #places: readonly SpoolPlace[];
  #buffer = Buffer.alloc(16 << 10);

  constructor(fd: number, key: SpoolKey, places: readonly SpoolPlace[]) {
    this.#fd = fd;
    this.#seal = new SpoolSeal(key);
    this.#places = places;
  }

  /** @throws the cipher's error, or RangeError: the file is damaged */
  #open(offset: number, length: number, number: number): Buffer {
    if (this.#buffer.length < length) this.#buffer = Buffer.alloc(2 * length);
    for (let done = 0; done < length; ) {
      const n = readSync(this.#fd, this.#buffer, done, length - done, offset + done);
      if (n === 0) throw new Cut("the spool is cut off");
      done += n;
    }
    return this.#seal.open(this.#buffer.subarray(0, length), number);
  }

  #index(place: SpoolPlace): Buffer {
    return this.#open(place.index, place.blocks * INDEX_ENTRY_BYTES + TAG_BYTES, place.first + place.blocks);
  }

  /**
   * @param keys four words a person, sorted, all of partition `p`
   * @throws the cipher's error, or RangeError: the file is damaged
   */
  find(p: number, keys: Uint32Array): FoundRows {
    const place = this.#places[p] as SpoolPlace;
    const wanted = keys.length / 4;
    const found = new Found();
    if (place.blocks > 0 && wanted > 0) {
      const index = this.#index(place);
      let at = 0;
      for (const { offset, length, number, next } of blocksOf(index, place)) {
        const start = at;
        while (at < wanted && (next === null || compareAt(index, next, keys, 4 * at) > 0)) at++;
        if (at > start) pick(this.#open(offset, length, number), keys, start, at, found);
        if (at === wanted) break;
      }
    }
    return found.rows();
  }

  /** Everybody of partition `p`. @throws as `find` */
  rows(p: number): SpoolRows {
    const place = this.#places[p] as SpoolPlace;
    const keys: number[] = [];
    const texts: Uint8Array[] = [];
    if (place.blocks > 0) {
      for (const { offset, length, number } of blocksOf(this.#index(place), place)) {
        const block = this.#open(offset, length, number);
        const n = block.readUInt32LE(0);
        for (let w = 0; w < 4 * n; w++) keys.push(block.readUInt32LE(4 + 4 * w));
        for (let i = 0; i < n; i++) texts.push(textAt(block, n, i));
      }
    }
    return { keys: Uint32Array.from(keys), texts };
  }
}

/** Blocks in order. `next`: where in the index the first key of the next one is; null behind the last. */
function* blocksOf(index: Buffer, place: SpoolPlace): Generator<Block & { readonly next: number | null }> {
  let offset = place.index;
  for (let b = 0; b < place.blocks; b++) offset -= index.readUInt32LE(INDEX_ENTRY_BYTES * b + 16);
  for (let b = 0; b < place.blocks; b++) {
    const next = b + 1 < place.blocks ? INDEX_ENTRY_BYTES * (b + 1) : null;
    const length = index.readUInt32LE(INDEX_ENTRY_BYTES * b + 16);
    yield { number: place.first + b, offset, length, next };
    offset += length;
  }
}

function textAt(block: Buffer, n: number, row: number): Buffer {
  const ends = 4 + 16 * n;
  const texts = ends + 4 * n;
  const from = row === 0 ? 0 : block.readUInt32LE(ends + 4 * (row - 1));
  return block.subarray(texts + from, texts + block.readUInt32LE(ends + 4 * row));
}

/** Adds those of the keys `from` to `to` that are in the block. */
function pick(block: Buffer, keys: Uint32Array, from: number, to: number, found: Found): void {
  const n = block.readUInt32LE(0);
  for (let at = from; at < to; at++) {
    let low = 0;
    for (let high = n; low < high; ) {
      const middle = (low + high) >>> 1;
      if (compareAt(block, 4 + 16 * middle, keys, 4 * at) < 0) low = middle + 1;
      else high = middle;
    }
    if (low < n && compareAt(block, 4 + 16 * low, keys, 4 * at) === 0) found.add(at, textAt(block, n, low));
  }
}

function compareAt(block: Buffer, i: number, keys: Uint32Array, j: number): number {
  for (let k = 0; k < 4; k++) {
    const d = block.readUInt32LE(i + 4 * k) - (keys[j + k] as number);
    if (d !== 0) return d;
  }
  return 0;
}

/** Copies the texts out of their blocks: a few rows must not hold whole blocks in memory. */
class Found {
  readonly #asked: number[] = [];
  readonly #ends: number[] = [];
  #texts = Buffer.alloc(4096);
  #bytes = 0;

  add(at: number, text: Buffer): void {
    const end = this.#bytes + text.length;
    if (end > this.#texts.length) {
      const larger = Buffer.alloc(2 * end);
      this.#texts.copy(larger, 0, 0, this.#bytes);
      this.#texts = larger;
    }
    this.#texts.set(text, this.#bytes);
    this.#bytes = end;
    this.#asked.push(at);
    this.#ends.push(end);
  }

  rows(): FoundRows {
    return {
      asked: Uint32Array.from(this.#asked),
      ends: Uint32Array.from(this.#ends),
      texts: new Uint8Array(this.#texts.subarray(0, this.#bytes)),
    };
  }
}
