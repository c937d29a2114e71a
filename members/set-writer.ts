import { crc32 } from "node:zlib";
import { AtomicFile } from "./atomic-file.ts";
import type { Partition } from "./member-set.ts";
import { bodyBytes, encodeEnd, MAGIC, type Place, type SetHead, VERSION } from "./set-file.ts";

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

  /** @param part rows sorted by key; only the first `part.n` of each column are written */
  async write(part: Partition): Promise<void> {
    const { n } = part;
    const bytes = new Uint8Array(bodyBytes(n, part.prints.length));
    const words = new Uint32Array(bytes.buffer);
    words.set(part.keys.subarray(0, 4 * n), 0);
    words.set(part.presence.subarray(0, 2 * n), 4 * n);
    for (const [a, column] of part.prints.entries()) words.set(column.subarray(0, n), (6 + a) * n);
    bytes.set(part.consent.subarray(0, n), (24 + 4 * part.prints.length) * n);
    this.#places.push({ offset: this.#file.bytes, rows: n, crc: crc32(bytes) });
    await this.#file.write(bytes);
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
