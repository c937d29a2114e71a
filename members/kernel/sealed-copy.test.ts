import { mkdtempSync, readdirSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CopyWriter, SealedCopy } from "./sealed-copy.ts";

test("a text is read back from anywhere, has no name, and is nowhere to be seen", async () => {
  const folder = mkdtempSync(join(tmpdir(), "plumbline-copy-"));
  const copy = new SealedCopy(folder);
  try {
    expect(readdirSync(folder)).toEqual([]);
    const text = Buffer.from("ann@x.com,pro\nben@x.com,free\n".repeat(400));
    const writer = new CopyWriter(copy.to);
    for (const [from, to] of [
      [0, 1],
      [1, 40],
      [40, 5000],
      [5000, text.length],
    ] as const)
      writer.add(text.subarray(from, to));

    const onDisk = Buffer.alloc(text.length + 1);
    expect(readSync(copy.to.fd, onDisk, 0, onDisk.length, 0)).toBe(text.length);
    expect(onDisk.includes("@x.com")).toBe(false);

    for (const [position, length] of [
      [0, text.length],
      [0, 5],
      [15, 1],
      [16, 16],
      [4999, 100],
      [text.length - 3, 3],
    ] as const) {
      const to = Buffer.alloc(length + 2, "-");
      expect(await copy.read(to, 1, length, position)).toEqual({ bytesRead: length });
      expect(to.toString()).toBe(`-${text.toString("utf8", position, position + length)}-`);
    }
    expect(await copy.read(Buffer.alloc(9), 0, 9, text.length)).toEqual({ bytesRead: 0 });
    expect(await copy.read(Buffer.alloc(9), 0, 9, text.length - 2)).toEqual({ bytesRead: 2 });
  } finally {
    copy.close();
    rmSync(folder, { recursive: true });
  }
});
