import { expect, it } from "vitest";
import { runSeed } from "./run-seed.ts";

/** One seed to look at, or how many to run from 1 on; CI runs 500. */
const one = process.env.PLUMBLINE_SIM_SEED;
const count = Number(process.env.PLUMBLINE_SIM_SEEDS ?? 500);
const seeds = one === undefined ? Array.from({ length: count }, (_, i) => i + 1) : [Number(one)];
/** How many of them are run a second time. */
const REPLAYED = 60;

it(`keeps the invariants for ${seeds.length} seeds`, async () => {
  const sum = { steps: 0, plans: 0, mutations: 0 };
  const ends: Record<string, number> = {};
  for (const seed of seeds) {
    const { digest: _, ends: some, ...result } = await runSeed(seed);
    for (const key of ["steps", "plans", "mutations"] as const) sum[key] += result[key];
    for (const [state, n] of Object.entries(some)) ends[state] = (ends[state] ?? 0) + n;
  }
  console.log(JSON.stringify({ seeds: seeds.length, ...sum, ends }));
  // plans that never ran would keep every invariant
  expect(ends.done ?? 0).toBeGreaterThan(0);
  expect(sum.mutations).toBeGreaterThan(0);
}, 600_000);

it("a seed replays the identical trace", async () => {
  for (const seed of seeds.slice(0, REPLAYED)) {
    const [first, second] = [await runSeed(seed), await runSeed(seed)];
    expect(second, `seed ${seed}`).toEqual(first);
  }
  expect((await runSeed(1)).digest).not.toBe((await runSeed(2)).digest);
}, 600_000);
