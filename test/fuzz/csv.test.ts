import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { deriveKeys } from "../../members/keys.ts";
import type { Partition } from "../../members/member-set.ts";
import { hexOfWords } from "../../members/person-key.ts";
import { folderFor } from "../compare-cases/engines.ts";
import { cases, type Layout } from "../compare-cases/generate.ts";
import { readPeople } from "../kernel/read-people.ts";
import type { Random } from "../simulation/random.ts";
import { anything, loneQuotes } from "./csv-mutations.ts";
import { byReference } from "./csv-reference.ts";
import { type FuzzCase, fuzz, SECONDS, SEED } from "./run-fuzz.ts";

const keys = deriveKeys(Buffer.alloc(32, 3));
const folder = folderFor("fuzz");
const path = join(folder, "list.csv");
afterAll(() => rmSync(folder, { recursive: true }));

type Whole = {
  readonly bytes: Buffer;
  readonly identity: "email" | "phone" | "customer_id";
  readonly layout: Layout;
};
const wholeFiles = (numRuns: number, characters: number): Whole[] =>
  fc
    .sample(cases({ alphabet: "free", least: 2, most: 4, characters }), { numRuns, seed: SEED })
    .flatMap((c) =>
      c.files.map((f, i) => ({ bytes: f.text, identity: c.identity, layout: c.layouts[i] as Layout })),
    )
    .filter(({ bytes }) => bytes.includes(10) && bytes.length > bytes.indexOf(10) + 8);
const small = wholeFiles(100, 0);
/** Longer than what is read at once. */
const long = wholeFiles(2, 1_050_000);

const parts = (part: Partition): [string, number[]][] =>
  Array.from({ length: part.n }, (_, i) => [
    hexOfWords(part.keys, 4 * i),
    part.prints.map((column) => column[i] as number),
  ]);

/**
 * Kernel and reference on the same bytes.
 *
 * @param headerToo the first line may have been changed; the kernel relies on the reference for it
 */
async function compared(whole: Whole, most: number, headerToo: boolean): Promise<string> {
  const { identity, layout } = whole;
  const expected = await byReference(path, identity, layout.idColumn, keys);
  if (expected === null && headerToo) return "no header";
  const { columns, delimiter } = expected ?? layout;
  if (layout.idColumn >= columns) return "no header";
  const attributeColumns = Array.from({ length: columns }, (_, c) => c).filter((c) => c !== layout.idColumn);
  const read = readPeople(
    path,
    { delimiter, columns, identity, idColumn: layout.idColumn, attributeColumns },
    keys,
    most,
    folder,
  );
  if (read === null) return (expected?.people ?? null) === null ? "both refuse" : "left to the reference";
  if (expected === null || expected.people === null)
    throw new Error("the kernel took a file for whole that the reference refuses");
  const people = read.parts.flatMap(parts);
  const { records, invalid, respelled, finalNewline } = expected;
  expect({ ...read.counts, finalNewline: read.finalNewline }).toEqual({
    size: expected.people.size,
    records,
    invalid,
    duplicates: records - invalid - expected.people.size,
    duplicateByCase: respelled,
    finalNewline,
  });
  expect(people.length).toBe(expected.people.size);
  expect(new Map(people)).toEqual(expected.people);
  const order = people.map(([hex]) => hex);
  expect(order).toEqual([...order].sort());
  return "same";
}

const mutated =
  (mutate: typeof anything) =>
  (random: Random): FuzzCase => {
    const whole = random.pick(random.chance(0.01) ? long : small);
    const headerToo = random.chance(0.03);
    const input = mutate(whole.bytes, headerToo ? 0 : whole.bytes.indexOf(10) + 1, random);
    const most = random.pick([1, 2 ** 30]);
    return {
      input,
      note: JSON.stringify({ identity: whole.identity, layout: whole.layout, most }),
      async run() {
        writeFileSync(path, input);
        return compared(whole, most, headerToo);
      },
    };
  };

it("a quote too many or too few: the same rows, or the reference has to read the file", async () => {
  const ends = await fuzz("lone quotes", SECONDS / 2, mutated(loneQuotes));
  expect(ends.same ?? 0).toBeGreaterThan(0);
  expect(ends["both refuse"] ?? 0).toBeGreaterThan(0);
});

it("bytes changed, cut, doubled: the same rows, or the reference has to read the file", async () => {
  const ends = await fuzz("csv", SECONDS / 2, mutated(anything));
  expect(ends.same ?? 0).toBeGreaterThan(0);
  expect(ends["both refuse"] ?? 0).toBeGreaterThan(0);
});
