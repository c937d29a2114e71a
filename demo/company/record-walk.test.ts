import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { Copies } from "./copies.ts";
import { Population } from "./population.ts";
import { Days } from "./time.ts";
import { plant, SYSTEMS } from "./truth.ts";

const days = new Days("2026-11-24", new Date("2027-01-01T00:00:00Z"));
const companyOf = (seed: number) => {
  const population = new Population(seed, 1_500, days);
  return { population, copies: new Copies(population, seed, plant(seed, 1_500)) };
};

test.each([1, 2, 3])("many days at once are the same as one day after the other (seed %i)", (seed) => {
  const { population, copies } = companyOf(seed);
  const [from, to] = [40, 58];
  const walk = copies.walk(SYSTEMS, from, to);
  const daily = SYSTEMS.map((system) =>
    Array.from({ length: to - from + 1 }, (_, d) => copies.day(system, from + d)),
  );
  const wrong: string[] = [];
  for (let i = 0; i < population.count(to); i++) {
    walk.next();
    for (const [s, system] of SYSTEMS.entries()) {
      const records = daily[s]?.map((day) => day[i] ?? 0) ?? [];
      if (walk.records[system].some((record, d) => record !== records[d])) wrong.push(`${system} ${i}`);
      if (walk.isSteady(system) !== new Set(records).size < 2) wrong.push(`${system} ${i} steady`);
    }
  }
  expect(wrong).toEqual([]);
});

/** As they were made when the company got HubSpot, Klaviyo and Mailchimp: screenshots, truths and bookmarks count on it. */
test.each([
  [1, "246cff6c841544bb", "ba2a62bfb354f223"],
  [2, "f1a0257d2b47ddb1", "50666363f9c0983f"],
])("a seed makes the company that it always made (seed %i)", (seed, day20, day56) => {
  const { copies } = companyOf(seed);
  const digest = (day: number) => {
    const hash = createHash("sha256");
    for (const system of SYSTEMS) hash.update(new Uint8Array(copies.day(system, day).buffer));
    return hash.digest("hex").slice(0, 16);
  };
  expect([digest(20), digest(56)]).toEqual([day20, day56]);
});
