import { type FileHandle, open } from "node:fs/promises";
import { constants, gunzipSync } from "node:zlib";

/** Bytes of text in a file, and about how many of them a row has; 0 bytes: cannot tell. */
export type TextSize = { readonly bytes: number; readonly rowBytes: number };

const SAMPLE_BYTES = 1 << 16;
const NEWLINE = 10;
const UNKNOWN: TextSize = { bytes: 0, rowBytes: 60 };

/** By its size, or by what the end of a gzip file says it holds (modulo 4 GB), and its first lines. */
export async function textSize(path: string): Promise<TextSize> {
  const handle = await open(path, "r").catch(() => null);
  if (handle === null) return UNKNOWN;
  try {
    const stat = await handle.stat();
    return stat.isFile() ? await sizeOf(handle, stat.size) : UNKNOWN;
  } finally {
    await handle.close();
  }
}

async function sizeOf(handle: FileHandle, size: number): Promise<TextSize> {
  const first = Buffer.alloc(Math.min(size, SAMPLE_BYTES));
  await handle.read(first, 0, first.length, 0);
  if (first.length < 18 || first.readUInt16BE(0) !== 0x1f8b)
    return { bytes: size, rowBytes: rowBytes(first) };
  const end = Buffer.alloc(4);
  await handle.read(end, 0, 4, size - 4);
  return { bytes: end.readUInt32LE(0), rowBytes: rowBytes(unzipped(first)) };
}

const rowBytes = (sample: Buffer): number => {
  let rows = 0;
  for (let at = sample.indexOf(NEWLINE); at >= 0; at = sample.indexOf(NEWLINE, at + 1)) rows++;
  return rows === 0 ? UNKNOWN.rowBytes : sample.length / rows;
};

/** As far as it goes; a damaged file is for whoever reads it. */
function unzipped(part: Buffer): Buffer {
  try {
    return gunzipSync(part, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 64 * SAMPLE_BYTES });
  } catch (e) {
    if (e instanceof Error && "code" in e) return Buffer.alloc(0);
    throw e;
  }
}
