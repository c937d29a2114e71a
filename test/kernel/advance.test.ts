import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Instant, MemberRow } from "../../core/model.ts";
import { advanceFrom } from "../../members/kernel/advance.ts";
import { compileKernel, startKernel } from "../../members/kernel/instance.ts";
import type { WasmModule } from "../../members/kernel/wasm.ts";
import { deriveKeys } from "../../members/keys.ts";
import { type MemberSet, openSet, type Partition } from "../../members/member-set.ts";
import { SetBuilder } from "../../members/set-builder.ts";
import { PARTITIONS } from "../../members/set-layout.ts";
import { SetWriter } from "../../members/set-writer.ts";

const module = compileKernel(
  fileURLToPath(new URL("../../dist/members/kernel/kernel.wasm", import.meta.url)),
);
if (module === null) throw new Error("this test runs the built kernel: npm run build");
const keys = deriveKeys(Buffer.alloc(32, 9));
const identity = "email" as const;
const AS_OF = "2026-11-23T06:00:00.000Z" as Instant;
/** By hand: PLUMBLINE_KERNEL_RUNS=2000. */
const RUNS = Number(process.env.PLUMBLINE_KERNEL_RUNS ?? 150);
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-advance-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

type Row = {
  readonly key: readonly number[];
  readonly word: readonly [number, number];
  readonly prints: readonly number[];
  readonly consent: number;
};

/** Few values for each word, so that keys are alike up to any of them, and those at both ends. */
const wordOfKey = fc.constantFrom(0, 1, 2, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff);
/** Bits at both ends of both halves: what is shifted out, carried over, or left alone as nobody's. */
const half = fc.oneof(
  fc.constantFrom(0, 1, 2, 0x80000000, 0xffffffff),
  fc.integer({ min: 0, max: 0xffffffff }),
);
const ATTRIBUTES = 3;
const rowOf: fc.Arbitrary<Row> = fc.record({
  key: fc.tuple(wordOfKey, wordOfKey, wordOfKey, wordOfKey),
  word: fc.tuple(half, half),
  prints: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: ATTRIBUTES, maxLength: ATTRIBUTES }),
  consent: fc.integer({ min: 0, max: 63 }),
});
const rowsOf = fc.uniqueArray(rowOf, { maxLength: 40, selector: (r) => r.key.join() });

const compare = (a: Row, b: Row): number => {
  for (let k = 0; k < 4; k++) if (a.key[k] !== b.key[k]) return a.key[k]! - b.key[k]!;
  return 0;
};

function partition(rows: readonly Row[], attributes: number, withPresence: boolean): Partition {
  const sorted = rows.toSorted(compare);
  return {
    n: sorted.length,
    keys: Uint32Array.from(sorted.flatMap((r) => r.key)),
    presence: Uint32Array.from(withPresence ? sorted.flatMap((r) => r.word) : []),
    prints: Array.from({ length: attributes }, (_, a) => Uint32Array.from(sorted, (r) => r.prints[a]!)),
    consent: Uint8Array.from(sorted, (r) => r.consent),
  };
}

/** All rows stand in partition 5: to join them it does not matter that their keys begin otherwise. */
async function written(
  rows: readonly Row[],
  attributes: number,
  ordinal: number | null,
  partitions = PARTITIONS,
): Promise<MemberSet> {
  const path = join(folder, "previous.pls");
  const writer = await SetWriter.create(path, { partitions });
  for (let p = 0; p < PARTITIONS; p++) await writer.write(partition(p === 5 ? rows : [], attributes, true));
  await writer.commit({
    identity,
    attributes: Array.from({ length: attributes }, (_, a) => `a${a}`),
    asOf: AS_OF,
    ordinal,
    epoch: 1,
    size: rows.length,
    reads: 1,
  });
  return openSet(path);
}

/** The same person with other values. */
const moved = (r: Row): Row => ({ ...r, prints: r.prints.map((print, a) => (a === 0 ? print : print + 1)) });

const plain = ({ part, ...rest }: { part: Partition; entries: number; exits: number }) => ({
  ...rest,
  keys: [...part.keys.subarray(0, 4 * part.n)],
  presence: [...part.presence.subarray(0, 2 * part.n)],
  prints: part.prints.map((column) => [...column.subarray(0, part.n)]),
  consent: [...part.consent.subarray(0, part.n)],
});

describe("history joined by the kernel", () => {
  it("is that of the reference", async () => {
    await fc.assert(
      fc.asyncProperty(
        rowsOf,
        rowsOf,
        fc.constantFrom<"same" | "most" | "some" | "none">("same", "most", "some", "none"),
        fc.array(fc.integer({ min: -1, max: ATTRIBUTES - 1 }), { maxLength: ATTRIBUTES }),
        fc.boolean(),
        fc.constantFrom(256, 1024),
        async (before, more, shared, columns, provisional, partitions) => {
          const now = {
            same: before,
            most: before.filter((_, k) => k % 11 !== 6).map((r, k) => (k % 5 === 3 ? moved(r) : r)),
            some: [...before.slice(0, 9), ...more],
            none: more,
          }[shared];
          const unique = [...new Map(now.map((r) => [r.key.join(), r])).values()];
          const present = partition(unique, columns.length, false);
          const previous = await written(before, ATTRIBUTES, provisional ? null : 4, partitions);
          const terms = { previous, columns, keys, identity };
          const kernel = advanceFrom(module, terms);
          const reference = advanceFrom(null, terms);
          // twice: what the first call left in memory is not seen by the second
          for (const p of [5, 9, 5]) {
            const expected = plain(await reference(p, present));
            expect(plain(await kernel(p, present))).toEqual(expected);
          }
        },
      ),
      { numRuns: RUNS },
    );
  }, 600_000);

  it("stops rather than write beyond the room that it was given", () => {
    const { exports, memory } = startKernel(module, keys, identity);
    const words = new Uint32Array(memory.buffer);
    const present = partition(
      [1, 2, 3].map((k) => ({ key: [k, 0, 0, 0], word: [0, 0], prints: [], consent: 0 })),
      0,
      false,
    );
    words.set(present.keys, 4096 / 4);
    // people who are new, and people who were there before
    for (const before of [0, 3]) {
      words.set([before, 4096, 12_288, 0, 3, 4096, 0, 8192, 2, 16_384, 20_480, 24_576], 1024 / 4);
      words.fill(0xcccccccc, (16_384 + 32) / 4, 20_480 / 4);
      expect(() => exports.advance(1024, 1040, 0, 0, 2048, 1056)).toThrow(/unreachable/);
      expect(words.subarray((16_384 + 32) / 4, 20_480 / 4).every((word) => word === 0xcccccccc)).toBe(true);
    }
  });

  it("has nothing before it: everybody enters, and nobody changed", async () => {
    const rows: Row[] = [1, 2].map((k) => ({ key: [k, 0, 0, 0], word: [0, 0], prints: [7], consent: 29 }));
    const terms = { previous: null, columns: [-1], keys, identity };
    const joined = plain(await advanceFrom(module, terms)(0, partition(rows, 1, false)));
    expect(joined).toEqual(plain(await advanceFrom(null, terms)(0, partition(rows, 1, false))));
    expect(joined).toMatchObject({ entries: 2, exits: 0, presence: [1, 0, 1, 0], consent: [29, 29] });
  });

  it("is dropped with the last bit, and carried over the middle of the word", async () => {
    const key = (k: number) => [k, 0, 0, 0];
    const rows: Row[] = [
      { key: key(1), word: [0, 0x80000000], prints: [7], consent: 3 },
      { key: key(2), word: [0x80000000, 0], prints: [7], consent: 3 },
      { key: key(3), word: [1, 0], prints: [7], consent: 3 },
    ];
    const previous = await written(rows, 1, 4);
    const nobody = partition([], 1, false);
    const joined = plain(await advanceFrom(module, { previous, columns: [0], keys, identity })(5, nobody));
    expect(joined).toEqual({
      entries: 0,
      exits: 1,
      keys: [...key(2), ...key(3)],
      presence: [0, 1, 2, 0],
      prints: [[0, 0]],
      consent: [0, 0],
    });
  });
});

it("a set of many readings is the same file with the kernel and without", async () => {
  const row = (i: number, reading: number): MemberRow => ({
    id: `r${i}`,
    identifiers: { email: `person${i}@example.com` },
    attributes: { plan: (i + (i % 11 === 0 ? reading : 0)) % 3 === 0 ? null : "pro", city: `c${i % 7}` },
    consent: i % 2 === 0 ? "subscribed" : "unknown",
    mailable: i % 2 === 0,
    of: [0],
  });
  const build = async (by: WasmModule | null, reading: number, previous: MemberSet | null) => {
    const builder = new SetBuilder({
      identity,
      // a column that the reading before did not have
      attributes: reading < 20 ? ["plan"] : ["city", "plan"],
      rules: {},
      keys,
      epoch: 1,
      spool: false,
      records: true,
    });
    for (let i = 0; i < 3_000; i++) if ((i * 7 + reading) % 13 !== 0) builder.add(row(i, reading));
    const file = join(folder, `${by === null ? "reference" : "kernel"}-${reading}.pls`);
    const ordinal = reading % 5 === 3 ? null : reading;
    const summary = await builder.finish({
      file,
      spoolFile: null,
      previous,
      asOf: AS_OF,
      ordinal,
      kernel: by,
    });
    return { file, summary, set: await openSet(file) };
  };
  let slow: MemberSet | null = null;
  let fast: MemberSet | null = null;
  for (let reading = 0; reading < 45; reading++) {
    const expected = await build(null, reading, slow);
    const found = await build(module, reading, fast);
    expect(found.summary).toEqual(expected.summary);
    expect(readFileSync(found.file).equals(readFileSync(expected.file)), `reading ${reading}`).toBe(true);
    [slow, fast] = [expected.set, found.set];
  }
  expect(slow?.reads).toBe(36);
}, 120_000);
