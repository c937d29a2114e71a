import { closeSync, fstatSync, openSync, readSync } from "node:fs";

const SAMPLES = 4;
const SAMPLE_BYTES = 1 << 16;

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
      for (let at = bytes.indexOf(10); at >= 0 && at < n; at = bytes.indexOf(10, at + 1)) breaks++;
    }
    return Math.max(1, Math.ceil((size * breaks) / Math.max(1, seen)));
  } finally {
    closeSync(fd);
  }
}
