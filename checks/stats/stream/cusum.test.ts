import { describe, expect, test } from "vitest";
import { normal, random } from "../../../test/property/checks-series.ts";
import { Cusum, cusumRarity } from "./cusum.ts";

/** Mean number of standard normal values until a one-sided sum with allowance `k` passes `c`. */
function runLength(c: number, k: number, runs: number, seed: number): number {
  const r = random(seed);
  let steps = 0;
  for (let i = 0; i < runs; i++) {
    let sum = 0;
    do {
      steps++;
      sum = Math.max(0, sum + normal(r) - k);
    } while (sum <= c);
  }
  return steps / runs;
}

describe("how rare a sum is", () => {
  test("Siegmund's approximation at k ½, h 5: 938.2 in Montgomery, Introduction to Statistical Quality Control, §9.1", () => {
    // One more here, for the point itself, so that nothing is nothing.
    expect(10 ** cusumRarity(5, 0.5)).toBeCloseTo(939.2, 1);
  });

  test("both of its branches agree where they meet", () => {
    const at = 15 / 0.5 - 1.166;
    expect(cusumRarity(at + 1e-9, 0.5)).toBeCloseTo(cusumRarity(at - 1e-9, 0.5), 6);
  });

  test("nothing at zero; grows with the sum; finite however large", () => {
    for (const k of [0.25, 0.5, 1]) {
      expect(cusumRarity(0, k)).toBe(0);
      let before = 0;
      for (let c = 0.1; c < 60; c += 0.1) {
        expect(cusumRarity(c, k)).toBeGreaterThan(before);
        before = cusumRarity(c, k);
      }
      expect(Number.isFinite(cusumRarity(1e6, k))).toBe(true);
    }
  });

  test.each([
    [3, 0.25],
    [6, 0.25],
    [2, 0.5],
    [4, 0.5],
    [1, 1],
    [2, 1],
  ])("the true run length, simulated, at height %d and allowance %d", (c, k) => {
    const ratio = runLength(c, k, 1_500, 7) / 10 ** cusumRarity(c, k);
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });
});

describe("sums of innovations", () => {
  test("of six sums over noise, one reaches a rarity of 100 points no sooner than the six together may", () => {
    const r = random(3);
    let steps = 0;
    const runs = 400;
    for (let i = 0; i < runs; i++) {
      const cusum = new Cusum();
      do steps++;
      while (cusum.push(normal(r), 0).rarity < 2);
    }
    expect(steps / runs).toBeGreaterThan(100 / 6);
    expect(steps / runs).toBeLessThan(100);
  });

  test("a small move adds up, with its side, its start and its size", () => {
    for (const side of [1, -1] as const) {
      const cusum = new Cusum();
      for (let i = 0; i < 10; i++) cusum.push(-side, -side * 0.1);
      let alarm = cusum.push(side, side * 0.1);
      for (let i = 1; i < 12; i++) alarm = cusum.push(side, side * 0.1);
      expect(alarm.rarity).toBeGreaterThan(3);
      expect(alarm.side).toBe(side);
      expect(alarm.since).toBe(12);
      expect(alarm.moved).toBeCloseTo(side * 1.2, 9);
    }
  });

  test("an alarm ends soon after its cause, however long it lasted", () => {
    const cusum = new Cusum();
    for (let i = 0; i < 500; i++) cusum.push(3, 1);
    let quiet = 0;
    while (cusum.push(0, 0).rarity > 5) quiet++;
    expect(quiet).toBeLessThan(15);
  });

  test("one wild value counts as 3½ deviations", () => {
    const wild = new Cusum();
    const cut = new Cusum();
    expect(wild.push(1e9, 1).rarity).toBe(cut.push(3.5, 1).rarity);
  });

  test("clear forgets, and a state goes on as the sums did", () => {
    const r = random(11);
    const one = new Cusum();
    for (let i = 0; i < 30; i++) one.push(normal(r), normal(r));
    const other = new Cusum();
    other.restore(JSON.parse(JSON.stringify(one.toJSON())));
    for (let i = 0; i < 30; i++) {
      const z = normal(r);
      expect(other.push(z, z)).toEqual(one.push(z, z));
    }
    one.clear();
    expect(one.toJSON()).toEqual(new Cusum().toJSON());
  });
});
