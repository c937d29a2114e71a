import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { textSize } from "./text-size.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-text-size-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const text = `email,plan\n${"somebody@example.com,pro\n".repeat(50_000)}`;

test.each<[string, Buffer, number, number]>([
  ["plain", Buffer.from(text), text.length, 50_001],
  ["gzip", gzipSync(text), text.length, 50_001],
  ["one line", Buffer.from("email"), 5, 0],
  ["empty", Buffer.alloc(0), 0, 0],
  ["a damaged gzip", Buffer.from([0x1f, 0x8b, ...new Array(30).fill(7)]), 0x07070707, 1_966_000],
])("%s", async (name, bytes, size, rows) => {
  writeFileSync(join(folder, name), bytes);
  const found = await textSize(join(folder, name));
  expect(found.bytes).toBe(size);
  expect(found.bytes / found.rowBytes / Math.max(1, rows)).toBeLessThan(1.02);
  expect(found.bytes / found.rowBytes / Math.max(1, rows)).toBeGreaterThan(rows === 0 ? -1 : 0.98);
});

test("a folder and a file that is not there", async () => {
  expect((await textSize(folder)).bytes).toBe(0);
  expect((await textSize(join(folder, "none"))).bytes).toBe(0);
});
