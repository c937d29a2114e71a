import { readSync } from "node:fs";
import { damageOf, gunzip } from "../../systems/files/gunzip.ts";
import { type CopyTo, CopyWriter } from "./sealed-copy.ts";

/** The text of a file, from its beginning. */
export type CsvBytes = {
  /**
   * Puts the next bytes at the beginning of `to`, which has room for some.
   *
   * @returns how many, 0 at the end; a promise: ask again when it is kept; null: the file is damaged, which the reference says
   */
  read(to: Uint8Array): number | Promise<void> | null;
  close(): void;
};

/** Of a file that is text as it is. @param fd is left open */
export function plainBytes(fd: number): CsvBytes {
  let position = 0;
  return {
    read(to) {
      const n = readSync(fd, to, 0, to.length, position);
      position += n;
      return n;
    },
    close: () => undefined,
  };
}

const PACKED_BYTES = 1 << 16;
/** Half of what is split at once: a row that is not whole yet still finds room before it. */
const UNPACKED_BYTES = 1 << 17;

/** At once, so that no reading is under way when the file is closed. */
function* packedBytes(fd: number): Generator<Buffer, void> {
  for (let position = 0; ; ) {
    const piece = Buffer.allocUnsafe(PACKED_BYTES);
    const n = readSync(fd, piece, 0, PACKED_BYTES, position);
    if (n === 0) return;
    position += n;
    yield piece.subarray(0, n);
  }
}

/**
 * Of a gzip file. While one piece is used, another thread unpacks the next.
 *
 * @param copy where the text goes as well; null: nowhere
 */
export function unpackedBytes(fd: number, copy: CopyTo | null): CsvBytes {
  const pieces = gunzip(packedBytes(fd), UNPACKED_BYTES);
  const writer = copy && new CopyWriter(copy);
  let left: Uint8Array = new Uint8Array(0);
  let state: "more" | "ended" | "damaged" = "more";
  const next = async (): Promise<void> => {
    try {
      const piece = await pieces.next();
      if (piece.done) state = "ended";
      else {
        left = piece.value;
        writer?.add(left);
      }
    } catch (error) {
      if (damageOf(error) === null) throw error;
      state = "damaged";
    }
  };
  return {
    read(to) {
      if (left.length === 0) return state === "damaged" ? null : state === "ended" ? 0 : next();
      const n = Math.min(left.length, to.length);
      to.set(left.subarray(0, n));
      left = left.subarray(n);
      return n;
    },
    close: () => void pieces.return(),
  };
}
