import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { constants, gunzipSync } from "node:zlib";
import { damageOf } from "../../systems/files/gunzip.ts";

const SAMPLES = 4;
const SAMPLE_BYTES = 1 << 16;
const NEWLINE = 10;

/** Rows of a text file, roughly: by the line breaks in a few places. At least 1. */
export function estimateRows(path: string): number {
  const fd = openSync(path, "r");
  try {
    const { size } = fstatSync(fd);
    const bytes = Buffer.alloc(SAMPLE_BYTES);
    let seen = 0;
    let breaks = 0;
    for (let k = 0; k < SAMPLES; k++) {
      const n = readSync(
        fd,
        bytes,
        0,
        SAMPLE_BYTES,
        Math.floor((Math.max(0, size - SAMPLE_BYTES) * k) / (SAMPLES - 1)),
      );
      seen += n;
      breaks += breaksIn(bytes.subarray(0, n));
    }
    return Math.max(1, Math.ceil((size * breaks) / Math.max(1, seen)));
  } finally {
    closeSync(fd);
  }
}

function breaksIn(text: Buffer): number {
  let breaks = 0;
  for (let at = text.indexOf(NEWLINE); at >= 0; at = text.indexOf(NEWLINE, at + 1)) breaks++;
  return breaks;
}

/** The same of a gzip file: by the line breaks in its beginning. */
export function estimatePackedRows(path: string): number {
  const fd = openSync(path, "r");
  try {
    const packed = Buffer.alloc(SAMPLE_BYTES);
    const n = readSync(fd, packed, 0, SAMPLE_BYTES, 0);
    const breaks = breaksIn(beginning(packed.subarray(0, n)));
    return Math.max(1, Math.ceil((fstatSync(fd).size * breaks) / Math.max(1, n)));
  } finally {
    closeSync(fd);
  }
}

/** As far as it can be unpacked; whoever reads the file says what is wrong with it. */
function beginning(packed: Buffer): Buffer {
  try {
    return gunzipSync(packed, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch (error) {
    if (damageOf(error) === null) throw error;
    return Buffer.alloc(0);
  }
}
