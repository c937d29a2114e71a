import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AuditorError } from "../core/errors.ts";
import type { Instant } from "../core/model.ts";
import { openAgreed } from "./agreed-file.ts";
import { type MemberSet, openSet, type Partition } from "./member-set.ts";
import type { SetHead } from "./set-file.ts";
import { columnStarts, PARTITIONS, partitionsFor } from "./set-layout.ts";
import { SetWriter } from "./set-writer.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-format-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Keys are given by their first word; everything else of a row follows from it. */
function partition(firsts: readonly number[], attributes: number): Partition {
  const sorted = [...firsts].sort((a, b) => a - b);
  return {
    n: sorted.length,
    keys: Uint32Array.from(sorted.flatMap((first) => [first, ~first, 3, 4])),
    presence: Uint32Array.from(sorted.flatMap((first) => [first | 1, first >>> 3])),
    prints: Array.from({ length: attributes }, (_, a) =>
      Uint32Array.from(sorted, (first) => first * (a + 2)),
    ),
    consent: Uint8Array.from(sorted, (first) => first & 127),
  };
}

const head = (attributes: number, size: number): SetHead => ({
  identity: "email",
  attributes: Array.from({ length: attributes }, (_, a) => `a${a}`),
  asOf: "2026-11-23T06:00:00.000Z" as Instant,
  ordinal: 7,
  epoch: 1,
  size,
  reads: 3,
});

async function write(firsts: readonly number[], attributes: number, partitions: number): Promise<MemberSet> {
  const path = join(folder, `${partitions}.pls`);
  const writer = await SetWriter.create(path, { partitions });
  for (let p = 0; p < PARTITIONS; p++)
    await writer.write(
      partition(
        firsts.filter((first) => first >>> 24 === p),
        attributes,
      ),
    );
  await writer.commit(head(attributes, firsts.length));
  return openSet(path);
}

describe("finer partitions", () => {
  test("come with the size, and stay comparable", () => {
    const sizes = [0, 10_240_000, 10_240_001, 30_000_000, 81_920_001, 100_000_000, 4_000_000_000];
    expect(sizes.map(partitionsFor)).toEqual([256, 256, 512, 1024, 4096, 4096, 4096]);
  });

  test("joined they are what a file of 256 has, whole and by column", async () => {
    const firsts = fc.uniqueArray(
      fc.oneof(
        fc.integer({ min: 0, max: 0xffffffff }),
        // where partitions meet, in one of 256
        fc.integer({ min: 0, max: 31 }).map((k) => 0x05000000 + k * 0x80000 - (k % 2)),
      ),
      { maxLength: 60 },
    );
    await fc.assert(
      fc.asyncProperty(firsts, fc.integer({ min: 0, max: 4 }), async (rows, attributes) => {
        const coarse = await write(rows, attributes, 256);
        for (const partitions of [512, 4096]) {
          const fine = await write(rows, attributes, partitions);
          expect(fine.finest).toBe(partitions);
          expect(fine.partitions).toBe(PARTITIONS);
          for (const [p, of] of [
            [5, 256],
            [255, 256],
            [0, 16],
            [1, 2],
            [0, 1],
          ] as const) {
            expect(await fine.load(p, of)).toEqual(await coarse.load(p, of));
            for (const column of ["keys", "presence", "consent", ...Array(attributes).keys()] as const)
              expect(await columnOf(fine, p, of, column)).toEqual(await columnOf(coarse, p, of, column));
          }
          const alone = await fine.load(5 * (partitions / 256) + 1, partitions);
          const bound = 0x05000000 + 2 ** 32 / partitions;
          const inside = rows.filter((first) => first >= bound && first < bound + 2 ** 32 / partitions);
          expect(alone).toEqual(partition(inside, attributes));
        }
        expect(() => coarse.bodyBytes(0, 512)).toThrow("partition 0 of 512, in a file of 256");
      }),
      { numRuns: 12 },
    );
  }, 120_000);
});

async function columnOf(
  set: MemberSet,
  p: number,
  of: number,
  column: "keys" | "presence" | "consent" | number,
) {
  const target = new Uint8Array(set.columnBytes(p, column, of));
  await set.columnInto(p, column, target, of);
  return target;
}

/** What opening and reading all of a file ends with. */
async function errorOf(
  path: string,
  read = openSet as (path: string) => Promise<MemberSet>,
): Promise<unknown> {
  try {
    const set = await read(path);
    for (let p = 0; p < set.partitions; p++) await set.load(p);
    return null;
  } catch (e) {
    return e;
  }
}

describe("a changed file", () => {
  const ROWS = [0x01000000, 0x01000001, 0x01000002, 0x02000000];

  test("says which file, what is wrong with it, and what to do, wherever the change is", async () => {
    const { path } = await write(ROWS, 2, 256);
    const whole = readFileSync(path);
    const end = whole.length;
    const body = columnStarts(3, 2).map((start) => 8 + start);
    const offset = whole.readUInt32LE(end - 24);
    const jsonBytes = whole.readUInt32LE(end - 16);
    const places: readonly (readonly [string, number, RegExp])[] = [
      ["magic", 0, /not a member set/],
      ["version", 4, /format \d+, this program reads 3/],
      ["keys", body[0]! + 20, /partition 1, column 0/],
      ["presence", body[1]!, /partition 1, column 1/],
      ["first fingerprint", body[2]! + 11, /partition 1, column 2/],
      ["last fingerprint", body[3]!, /partition 1, column 3/],
      ["consent", body[4]! + 2, /partition 1, column 4/],
      ["zeros", body[5]! - 1, /partition 1, column 4/],
      ["the last partition", offset - 1, /partition 2, column 4/],
      ["directory", offset + 32 * 7, /checksum of its directory/],
      ["head", end - 24 - jsonBytes + 3, /checksum of its directory/],
      ["end of the head", end - 25, /checksum of its directory/],
      ["where the directory is", end - 24, /checksum of its directory|do not add up/],
      ["its high half", end - 20, /do not add up/],
      ["length of the head", end - 16, /checksum of its directory|do not add up/],
      ["partitions", end - 12, /do not add up/],
      ["checksum", end - 8, /checksum of its directory/],
      ["last magic", end - 1, /cut off/],
    ];
    for (const [what, at, problem] of places) {
      const changed = Buffer.from(whole);
      changed[at] = changed[at]! ^ 0x10;
      writeFileSync(path, changed);
      const error = await errorOf(path);
      expect(error, what).toBeInstanceOf(AuditorError);
      expect(error, what).toMatchObject({ kind: "bad_data", where: path });
      const { message, fix } = error as AuditorError;
      expect(message, what).toMatch(problem);
      expect(fix, what).toMatch(/read the segment again|start a new history/);
    }
    writeFileSync(path, whole);
    expect(await errorOf(path)).toBeNull();
  });

  test("cannot tell another number of partitions, even where the parts would add up", async () => {
    const { path } = await write([], 8, 256);
    const changed = readFileSync(path);
    changed.writeUInt32LE(512, changed.length - 12);
    writeFileSync(path, changed);
    expect(await errorOf(path)).toMatchObject({
      message: expect.stringMatching(/checksum of its directory/),
    });
  });

  test("harms the columns that are changed, and no other", async () => {
    const set = await write(ROWS, 2, 256);
    const bytes = readFileSync(set.path);
    const at = 8 + columnStarts(3, 2)[3]!;
    bytes[at] = bytes[at]! ^ 1;
    writeFileSync(set.path, bytes);
    const changed = await openSet(set.path);
    for (const column of ["keys", "presence", 0, "consent"] as const)
      expect(await columnOf(changed, 1, 256, column)).toEqual(await columnOf(set, 1, 256, column));
    await expect(columnOf(changed, 1, 256, 1)).rejects.toThrow(/partition 1, column 3 is wrong/);
    await expect(changed.load(1)).rejects.toThrow(/partition 1, column 3 is wrong/);
    expect(() => set.columnBytes(1, 2)).toThrow("attribute 2 of 2");
  });

  test("of another kind is none: a set is not what was last agreed", async () => {
    const { path } = await write(ROWS, 2, 256);
    await expect(openAgreed(path)).rejects.toThrow(/not a member set/);
  });
});

test("a file that becomes shorter while it is read says so", async () => {
  const rows = Array.from({ length: 600 }, (_, i) => i);
  const writer = await SetWriter.create(join(folder, "long.pls"), { partitions: 512 });
  for (let p = 0; p < PARTITIONS; p++) {
    const firsts = rows.map((i) => p * 2 ** 24 + i * 20_000);
    await writer.write(partition(firsts, 2));
  }
  await writer.commit(head(2, rows.length * PARTITIONS));
  const set = await openSet(join(folder, "long.pls"));
  expect(statSync(set.path).size).toBeGreaterThan(4 << 20);
  truncateSync(set.path, 1 << 20);
  await expect(set.load(255)).rejects.toMatchObject({
    kind: "bad_data",
    where: set.path,
    message: expect.stringContaining("became shorter"),
  });
  await set.close();
}, 60_000);
