import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isKind } from "../core/errors.ts";
import type { PersonKey } from "../core/model.ts";
import { deriveKeys } from "./keys.ts";
import { hexOfWords, wordsOfHex } from "./person-key.ts";
import { PARTITIONS } from "./set-layout.ts";
import { sortedKeys } from "./sorted-keys.ts";
import { mergedText, openSpool, type SpooledRow } from "./spool.ts";
import { DIRECTORY_BYTES, HEAD_BYTES } from "./spool-file.ts";
import { SpoolWriter } from "./spool-writer.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-spool-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const keys = deriveKeys(Buffer.alloc(32, 3));
const person = (i: number): PersonKey =>
  createHash("sha256").update(String(i)).digest("hex").slice(0, 32) as PersonKey;
const rowOf = (i: number, length: number): SpooledRow => ({
  id: `r${i}`,
  identifiers: { email: `person${i}@example.com` },
  attributes: { note: "é".repeat(length) },
  consent: "subscribed",
  consentAt: null,
  updatedAt: null,
  method: null,
});

/** Person i has a note of `lengths[i]` letters. */
async function write(lengths: readonly number[], name = "a.spool", nameBytes = randomBytes): Promise<string> {
  const path = join(folder, name);
  const writer = await SpoolWriter.create(path, keys, nameBytes);
  const sorted = sortedKeys(lengths.map((_, i) => person(i)));
  const number = new Map(lengths.map((_, i) => [person(i), i]));
  for (let p = 0; p < PARTITIONS; p++) {
    const part = sorted.keys(p);
    const texts = Array.from({ length: part.length / 4 }, (_, at) => {
      const i = number.get(sorted.person(p, at)) as number;
      return Buffer.from(mergedText(rowOf(i, lengths[i] as number)));
    });
    await writer.write(part, texts);
  }
  await writer.commit();
  return path;
}

async function found(path: string, people: readonly PersonKey[]): Promise<Map<PersonKey, SpooledRow>> {
  const spool = await openSpool(path, keys);
  try {
    return await spool.lookup(people);
  } finally {
    await spool.close();
  }
}

const refused = async (path: string, people: readonly PersonKey[]): Promise<boolean> => {
  try {
    await found(path, people);
  } catch (e) {
    return isKind(e, "bad_data");
  }
  return false;
};

test("whoever is asked for comes back with their own row, and nobody else", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(fc.nat(30), fc.nat(3000), fc.constant(20_000)), { maxLength: 200 }),
      fc.array(fc.nat(260), { maxLength: 120 }),
      async (lengths, asked) => {
        const path = await write(lengths);
        const rows = await found(path, asked.map(person));
        const there = new Set(asked.filter((i) => i < lengths.length));
        expect([...rows.keys()].sort()).toEqual([...there].map(person).sort());
        for (const i of there) expect(rows.get(person(i))).toEqual(rowOf(i, lengths[i] as number));
      },
    ),
    { numRuns: 60 },
  );
});

test("hundreds of blocks a partition: neighbours of keys that are there are not mistaken for them", async () => {
  const path = join(folder, "dense.spool");
  const writer = await SpoolWriter.create(path, keys, randomBytes);
  const n = 3000;
  const part = new Uint32Array(4 * n);
  for (let i = 0; i < n; i++) part.set([7 * 2 ** 24, 1, 2, 2 * i], 4 * i);
  const texts = Array.from({ length: n }, (_, i) => Buffer.from(mergedText(rowOf(i, 300))));
  const nobody = new Uint32Array(0);
  for (let p = 0; p < PARTITIONS; p++) await writer.write(p === 7 ? part : nobody, p === 7 ? texts : []);
  await writer.commit();
  const odd = Array.from({ length: n }, (_, i) =>
    hexOfWords(
      part.map((w, k) => w + (k % 4 === 3 ? 1 : 0)),
      4 * i,
    ),
  );
  const even = Array.from({ length: n }, (_, i) => hexOfWords(part, 4 * i));
  const rows = await found(path, [...odd, ...even.toReversed()]);
  expect(rows.size).toBe(n);
  expect(even.map((key) => rows.get(key)?.id)).toEqual(Array.from({ length: n }, (_, i) => `r${i}`));
  const spool = await openSpool(path, keys);
  expect(spool.rows(7).keys).toEqual(part);
  expect(spool.rows(7).texts.map(String)).toEqual(texts.map(String));
  expect(spool.rows(8).texts).toEqual([]);
  await spool.close();

  // damage in the middle is nothing to the first and the last
  const bytes = readFileSync(path);
  const middle = bytes.length >>> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  writeFileSync(path, bytes);
  expect((await found(path, [even[0] as PersonKey, even[n - 1] as PersonKey])).size).toBe(2);
  expect(await refused(path, even)).toBe(true);
});

test("blocks that changed places, or come from another file, open nothing", async () => {
  // one person a partition at most: every block is as long as every other one
  const lengths = Array.from({ length: 12 }, () => 40);
  const people = lengths.map((_, i) => person(i));
  const path = await write(lengths);
  const bytes = readFileSync(path);
  const other = readFileSync(await write(lengths, "b.spool"));
  expect(other.length).toBe(bytes.length);
  expect(other.equals(bytes)).toBe(false);

  const first = sortedKeys(people).person(sortedKeys(people).partitions[0] as number, 0);
  const row = rowOf(people.indexOf(first), 40);
  const block = 4 + 20 + Buffer.byteLength(mergedText(row)) + 16;
  const index = 20 + 16;
  const foreign = Buffer.from(bytes);
  other.copy(foreign, HEAD_BYTES, HEAD_BYTES, HEAD_BYTES + block);
  writeFileSync(path, foreign);
  expect(await refused(path, people)).toBe(true);

  const swapped = Buffer.from(bytes);
  const second = HEAD_BYTES + block + index;
  bytes.copy(swapped, HEAD_BYTES, second, second + block);
  bytes.copy(swapped, second, HEAD_BYTES, HEAD_BYTES + block);
  writeFileSync(path, swapped);
  expect(await refused(path, people)).toBe(true);

  const renamed = Buffer.concat([other.subarray(0, HEAD_BYTES), bytes.subarray(HEAD_BYTES)]);
  writeFileSync(path, renamed);
  expect(await refused(path, people)).toBe(true);

  const stranger = Buffer.concat([bytes.subarray(0, -DIRECTORY_BYTES), other.subarray(-DIRECTORY_BYTES)]);
  writeFileSync(path, stranger);
  expect(await refused(path, people)).toBe(true);

  writeFileSync(path, bytes);
  expect((await found(path, people)).size).toBe(12);
});

test("a longer file, and every cut of one, is noticed", async () => {
  const lengths = Array.from({ length: 20 }, () => 10);
  const people = lengths.map((_, i) => person(i));
  const path = await write(lengths);
  const bytes = readFileSync(path);
  writeFileSync(path, Buffer.concat([bytes, Buffer.alloc(1)]));
  expect(await refused(path, people)).toBe(true);
  for (let length = 0; length < bytes.length; length += 83) {
    writeFileSync(path, bytes.subarray(0, length));
    expect(await refused(path, people), `${length} bytes`).toBe(true);
  }
});

test("the same rows under another name are sealed with another key", async () => {
  const named = (byte: number) => (n: number) => Buffer.alloc(n, byte);
  const a = readFileSync(await write([5, 5, 5], "a.spool", named(1)));
  const b = readFileSync(await write([5, 5, 5], "b.spool", named(2)));
  const again = readFileSync(await write([5, 5, 5], "c.spool", named(1)));
  expect(again.equals(a)).toBe(true);
  const equal = [...a.subarray(HEAD_BYTES)].filter((byte, i) => byte === b[HEAD_BYTES + i]).length;
  // bytes that have nothing to do with each other agree once in 256 times
  expect(equal / (a.length - HEAD_BYTES)).toBeLessThan(0.02);
});

test("keys are sorted within their partitions, whatever their order and number", () => {
  const people = Array.from({ length: 2000 }, (_, i) => person(i));
  const sorted = sortedKeys([...people, ...people.slice(0, 10)]);
  const flat = sorted.partitions.flatMap((p) =>
    Array.from({ length: sorted.keys(p).length / 4 }, (_, i) => {
      expect(hexOfWords(sorted.keys(p), 4 * i)).toBe(sorted.person(p, i));
      return sorted.person(p, i);
    }),
  );
  expect(flat).toEqual([...people, ...people.slice(0, 10)].sort());
  expect(wordsOfHex(person(1))).toHaveLength(4);
  expect(() => sortedKeys(["abc" as PersonKey])).toThrow(/32 hex digits/);
});
