import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Instant } from "../core/model.ts";
import { eraseFromSet, eraseFromSpool } from "./erase-people.ts";
import { deriveKeys } from "./keys.ts";
import { openSet } from "./member-set.ts";
import { hexOfWords, personKeyOf } from "./person-key.ts";
import { SetBuilder } from "./set-builder.ts";
import { openSpool } from "./spool.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-erase-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const keys = deriveKeys(Buffer.alloc(32, 3));
const AS_OF = "2026-11-23T06:00:00.000Z" as Instant;
const person = (i: number) => personKeyOf(keys, "email", `person${i}@example.com`);
const random = (n: number): Uint8Array => new Uint8Array(n).map(() => Math.floor(Math.random() * 256));
const set = () => join(folder, "2.pls");
const spoolFile = () => join(folder, "2.spool");

/** Two readings: whoever is only in the first is history in the second. */
async function twoReadings(first: readonly number[], second: readonly number[]): Promise<void> {
  let previous: Awaited<ReturnType<typeof openSet>> | null = null;
  for (const [ordinal, people] of [first, second].entries()) {
    const builder = new SetBuilder({
      identity: "email",
      attributes: ["plan"],
      rules: {},
      keys,
      epoch: 0,
      spool: true,
    });
    for (const i of people)
      builder.add({
        id: `r${i}`,
        identifiers: { email: `person${i}@example.com` },
        attributes: { plan: `plan ${i % 5}` },
        consent: i % 2 === 0 ? "subscribed" : "unsubscribed",
        mailable: true,
        of: [0],
      });
    const file = ordinal === 0 ? join(folder, "1.pls") : set();
    const spool = ordinal === 0 ? null : spoolFile();
    await builder.finish({ file, spoolFile: spool, previous, asOf: AS_OF, ordinal });
    await previous?.close();
    previous = ordinal === 0 ? await openSet(file) : null;
  }
}

/** Everything that the set says of each person. */
async function contentOf(): Promise<{ size: number; rows: Map<string, string> }> {
  const open = await openSet(set());
  const rows = new Map<string, string>();
  for (let p = 0; p < open.partitions; p++) {
    const part = await open.load(p);
    for (let i = 0; i < part.n; i++)
      rows.set(
        hexOfWords(part.keys, 4 * i),
        JSON.stringify([
          ...part.presence.subarray(2 * i, 2 * i + 2),
          part.prints.map((c) => c[i]),
          part.consent[i],
        ]),
      );
  }
  await open.close();
  return { size: open.size, rows };
}

async function textsOf(): Promise<Map<string, string>> {
  const spool = await openSpool(spoolFile(), keys);
  const texts = new Map<string, string>();
  for (let p = 0; p < spool.partitions; p++) {
    const rows = spool.rows(p);
    for (const [i, text] of rows.texts.entries()) texts.set(hexOfWords(rows.keys, 4 * i), String(text));
  }
  await spool.close();
  return texts;
}

const people = fc.uniqueArray(fc.nat(60), { maxLength: 50 });

test("whoever is erased is gone from set, history and sealed rows; everybody else is as before", async () => {
  await fc.assert(
    fc.asyncProperty(people, people, people, async (first, second, erased) => {
      await twoReadings(first, second);
      const [before, texts] = [await contentOf(), await textsOf()];
      const gone = new Set<string>(erased.map(person));
      const here = erased.filter((i) => second.includes(i));
      const known = erased.filter((i) => first.includes(i) || second.includes(i));

      expect(await eraseFromSet(set(), "set", 0, erased.map(person))).toBe(known.length);
      expect(await eraseFromSpool(spoolFile(), keys, erased.map(person), random)).toBe(here.length);
      const rest = (m: Map<string, string>) => new Map([...m].filter(([k]) => !gone.has(k)));
      const after = await contentOf();
      expect(after).toEqual({ size: before.size - here.length, rows: rest(before.rows) });
      expect(await textsOf()).toEqual(rest(texts));

      expect(await eraseFromSet(set(), "set", 0, erased.map(person))).toBe(0);
      expect(await eraseFromSpool(spoolFile(), keys, erased.map(person), random)).toBe(0);
    }),
    { numRuns: 25 },
  );
}, 60_000);

test("a set without them is not touched, one of another epoch is not judged, a damaged one says so", async () => {
  await twoReadings([1, 2], [2, 3]);
  const bytes = readFileSync(set());
  const sealed = readFileSync(spoolFile());
  expect(await eraseFromSet(set(), "set", 0, [person(9)])).toBe(0);
  expect(await eraseFromSet(set(), "set", 1, [person(2)])).toBeNull();
  expect(await eraseFromSpool(spoolFile(), keys, [person(9)], random)).toBe(0);
  expect(readFileSync(set()).equals(bytes)).toBe(true);
  expect(readFileSync(spoolFile()).equals(sealed)).toBe(true);
  writeFileSync(set(), bytes.subarray(0, -1));
  await expect(eraseFromSet(set(), "set", 0, [person(2)])).rejects.toMatchObject({ kind: "bad_data" });
});

test("rewritten rows are sealed under a new key", async () => {
  await twoReadings([], [1, 2, 3]);
  const before = readFileSync(spoolFile());
  await eraseFromSpool(spoolFile(), keys, [person(2)], random);
  const after = readFileSync(spoolFile());
  expect(after.subarray(8, 40).equals(before.subarray(8, 40))).toBe(false);
});
