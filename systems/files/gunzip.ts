import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";

/**
 * Unpacks gzip, of which several may follow each other.
 *
 * @param packed the file's bytes, piece by piece; not read on once whoever unpacks stops
 * @param pieceBytes at most so many are given at once
 * @throws the error of zlib, see `damageOf`, or of `packed`
 */
export async function* gunzip(
  packed: Iterable<Buffer> | AsyncIterable<Buffer>,
  pieceBytes: number,
): AsyncGenerator<Buffer, void> {
  const file = Readable.from(packed);
  const gunzip = createGunzip({ chunkSize: pieceBytes });
  file.on("error", (e) => gunzip.destroy(e));
  try {
    yield* file.pipe(gunzip);
  } finally {
    file.destroy();
    gunzip.destroy();
  }
}

/** Is the file what is wrong? `cut`: its end is missing. */
export function damageOf(error: unknown): "cut" | "damaged" | null {
  if (!(error instanceof Error && "code" in error && String(error.code).startsWith("Z_"))) return null;
  return error.code === "Z_BUF_ERROR" ? "cut" : "damaged";
}
