import { afterAll, beforeAll, expect, it } from "vitest";
import { countsOf } from "./counts.ts";
import { openDuckDb } from "./duckdb.ts";
import { byKernel, byOneThread, byReference, byThreads } from "./engines.ts";
import { cases, isPacked } from "./generate.ts";
import { CASES, IN_MEMORY, MOST_WAITS, runCases, THREADED } from "./run-cases.ts";

let duckDb: Awaited<ReturnType<typeof openDuckDb>>;
beforeAll(async () => {
  duckDb = await openDuckDb();
});
afterAll(() => duckDb.close());

it("kernel, threads, reference and DuckDB count the same", async () => {
  let ran = 0;
  let alone = 0;
  let comparable = 0;
  let many = 0;
  let packed = 0;
  await runCases("shared", cases({ alphabet: "shared" }), CASES * 0.54, async (c, folder) => {
    const report = await byReference(c, folder);
    const counts = countsOf(report);
    expect(await duckDb.compare(c, folder)).toEqual(counts);
    const kernel = byKernel(c, IN_MEMORY);
    if (kernel !== null) expect(kernel).toEqual(counts);
    const oneThread = await byOneThread(c, folder, IN_MEMORY);
    if (oneThread !== null) expect(oneThread).toEqual(counts);
    if (ran++ % THREADED === 0) expect(await byThreads(c, folder)).toEqual(report);
    if (c.files.length > 1 && report.files.every((f) => f.cantTell === null)) comparable++;
    if (kernel !== null) alone++;
    if (oneThread !== null && c.files.length > 8) many++;
    if (oneThread !== null && c.files.some(isPacked)) packed++;
  });
  // A kernel that left everything to the reference would agree with it.
  expect(alone).toBeGreaterThan(comparable / 2);
  expect(many).toBeGreaterThan(0);
  expect(packed).toBeGreaterThan(0);
});

it("files longer than what is read at once, with rows waiting on the disk and without", async () => {
  let ran = 0;
  let alone = 0;
  const drawn = cases({ alphabet: "shared", least: 2, most: 2, characters: 1_060_000 });
  await runCases(
    "long",
    drawn,
    CASES * 0.06,
    async (c, folder) => {
      const report = await byReference(c, folder);
      const counts = countsOf(report);
      expect(await duckDb.compare(c, folder)).toEqual(counts);
      for (const most of [IN_MEMORY, MOST_WAITS]) {
        for (const kernel of [byKernel(c, most), await byOneThread(c, folder, most)]) {
          if (kernel === null) continue;
          expect(kernel).toEqual(counts);
          alone++;
        }
      }
      if (ran++ % THREADED === 0) expect(await byThreads(c, folder)).toEqual(report);
    },
    false,
  );
  expect(alone).toBeGreaterThan(0);
});
