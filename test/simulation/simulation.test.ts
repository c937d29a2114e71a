import { expect, it } from "vitest";
import { runSeed } from "./run-seed.ts";

/** One seed to look at, or how many to run; CI runs 500. */
const one = process.env.PLUMBLINE_SIM_SEED;
const count = Number(process.env.PLUMBLINE_SIM_SEEDS ?? 500);
const seeds = one === undefined ? Array.from({ length: count }, (_, i) => i + 1) : [Number(one)];

it(`keeps the invariants for ${seeds.length} seeds`, async () => {
  let mutations = 0;
  let steps = 0;
  const ends: Record<string, number> = {};
  for (const seed of seeds) {
    const result = await runSeed(seed);
    mutations += result.mutations;
    steps += result.steps;
    for (const [state, n] of Object.entries(result.ends)) ends[state] = (ends[state] ?? 0) + n;
  }
  console.log(JSON.stringify({ seeds: seeds.length, steps, mutations, ends }));
  expect(mutations).toBeGreaterThan(0);
}, 600_000);
