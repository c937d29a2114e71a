import { crc32 } from "node:zlib";
import { AtomicFile } from "./atomic-file.ts";
import type { Partition } from "./member-set.ts";
import { encodeEnd, MAGIC, type Place, type SetHead, VERSION } from "./set-file.ts";

/** Writes one set in one pass: every partition in order, then the end. */
export class SetWriter {
  readonly #file: AtomicFile;
  readonly #places: Place[] = [];

  readonly #magic: number;

  private constructor(file: AtomicFile, magic: number) {
    this.#file = file;
    this.#magic = magic;
  }

  static async create(path: string, magic = MAGIC): Promise<SetWriter> {
    const file = await AtomicFile.create(path);
    await file.write(new Uint8Array(Uint32Array.of(magic, VERSION).buffer));
    return new SetWriter(file, magic);
  }

  /** @param part rows sorted by key; only the first `part.n` of each column are written. It may be changed afterwards. */
  async write(part: Partition): Promise<void> {
    const { n } = part;
    const columns = [
      bytesOf(part.keys, 4 * n),
      bytesOf(part.presence, 2 * n),
      ...part.prints.map((column) => bytesOf(column, n)),
      part.consent.subarray(0, n),
      new Uint8Array(Math.ceil(n / 8) * 8 - n),
    ];
    const crc = columns.reduce((sum, column) => crc32(column, sum), 0);
    this.#places.push({ offset: this.#file.bytes, rows: n, crc });
    await this.#file.writeAll(columns);
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

const bytesOf = (column: Uint32Array, words: number): Uint8Array =>
  new Uint8Array(column.buffer, column.byteOffset, 4 * words);
