import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { build, emailOf, row } from "../test/property/members-build.ts";
import { openSet } from "./member-set.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-previous-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const people = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => row(emailOf(from + i), { attributes: { plan: `p${i % 3}` } }));

// It would stop this reading and every later one.
test.each([
  ["in memory", {}],
  ["with rows on the disk", { maxBytesInMemory: 1 }],
])("a previous set that is damaged in the middle is left out, %s", async (_, more) => {
  const options = { attributes: ["plan"], spool: true, ...more };
  const first = await build(folder, people(0, 3_000), options);
  await first.set.close();
  const bytes = readFileSync(first.file);
  bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] as number) ^ 1;
  writeFileSync(first.file, bytes);
  const previous = await openSet(first.file); // what stands at its end is whole
  const found = await build(folder, people(1_000, 4_000), { ...options, previous, ordinal: 1 });
  const anew = await build(folder, people(1_000, 4_000), { ...options, ordinal: 1 });
  expect(found.summary).toEqual({ ...anew.summary, entries: null, exits: null });
  expect(readFileSync(found.file).equals(readFileSync(anew.file))).toBe(true);
  for (const set of [previous, found.set, anew.set]) await set.close();
});
