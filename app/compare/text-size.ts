import { open } from "node:fs/promises";

/** Bytes of text in a file: its size, or what the end of a gzip file says it holds (modulo 4 GB); 0: cannot tell. */
export async function textSize(path: string): Promise<number> {
  const handle = await open(path, "r").catch(() => null);
  if (handle === null) return 0;
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) return 0;
    const { size } = stat;
    const ends = Buffer.alloc(6);
    await handle.read(ends, 0, 2, 0);
    if (ends.readUInt16BE(0) !== 0x1f8b) return size;
    await handle.read(ends, 2, 4, Math.max(0, size - 4));
    return ends.readUInt32LE(2);
  } finally {
    await handle.close();
  }
}
