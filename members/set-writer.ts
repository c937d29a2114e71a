import { AtomicFile } from "./atomic-file.ts";
import { checksum } from "./checksum.ts";
import type { Partition } from "./member-set.ts";
import { encodeEnd, MAGIC, type Place, type SetHead, VERSION } from "./set-file.ts";
import { columnStarts, PARTITION_BITS, PARTITIONS } from "./set-layout.ts";

export type SetWriterOptions = {
  readonly magic?: number;
  /** Of the file: a power of two from 256 to 4096, see `partitionsFor`. Default 256. */
  readonly partitions?: number;
};

/** Writes one set in one pass: every partition in order, then the end. */
export class SetWriter {
  readonly #file: AtomicFile;
  readonly #places: Place[] = [];
  readonly #magic: number;
  /** Partitions of the file in one that is given. */
  readonly #each: number;
  #given = 0;

  private constructor(file: AtomicFile, magic: number, each: number) {
    this.#file = file;
    this.#magic = magic;
    this.#each = each;
  }

  static async create(path: string, o: SetWriterOptions = {}): Promise<SetWriter> {
    const { magic = MAGIC, partitions = PARTITIONS } = o;
    const file = await AtomicFile.create(path);
    await file.write(new Uint8Array(Uint32Array.of(magic, VERSION).buffer));
    return new SetWriter(file, magic, partitions / PARTITIONS);
  }

  /**
   * To be called 256 times, whatever partitions the file gets.
   *
   * @param part rows sorted by key; only the first `part.n` of each column are written. It may be changed afterwards.
   */
  async write(part: Partition): Promise<void> {
    const first = this.#given++ * this.#each;
    let from = 0;
    for (let fine = 1; fine <= this.#each; fine++) {
      const to = fine === this.#each ? part.n : firstRow(part, from, (first + fine) / this.#each);
      await this.#write(part, from, to);
      from = to;
    }
  }

  async #write(part: Partition, from: number, to: number): Promise<void> {
    const rows = to - from;
    const body = columnStarts(rows, part.prints.length);
    const end = body.at(-1) as number;
    const consent = part.consent.subarray(from, to);
    const zeros = new Uint8Array(end - (body.at(-2) as number) - rows);
    const columns = [
      bytesOf(part.keys, 4, from, to),
      bytesOf(part.presence, 2, from, to),
      ...part.prints.map((column) => bytesOf(column, 1, from, to)),
    ];
    const checksums = [...columns.map((column) => checksum(column)), checksum(consent, zeros)];
    this.#places.push({ offset: this.#file.bytes, rows, checksums });
    await this.#file.writeAll([...columns, consent, zeros]);
  }

  /** @returns bytes of the file */
  async commit(head: SetHead): Promise<number> {
    for (const part of encodeEnd(head, this.#places, this.#file.bytes, this.#magic))
      await this.#file.write(part);
    await this.#file.commit();
    return this.#file.bytes;
  }

  abort(): Promise<void> {
    return this.#file.abort();
  }
}

/** The first row from `from` on whose key begins with `bound` or more; `bound` in 1/256 of all keys. */
function firstRow({ keys, n }: Partition, from: number, bound: number): number {
  const least = bound * 2 ** (32 - PARTITION_BITS);
  let low = from;
  for (let high = n; low < high; ) {
    const middle = (low + high) >>> 1;
    if ((keys[4 * middle] as number) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

const bytesOf = (column: Uint32Array, words: number, from: number, to: number): Uint8Array =>
  new Uint8Array(column.buffer, column.byteOffset + 4 * words * from, 4 * words * (to - from));
