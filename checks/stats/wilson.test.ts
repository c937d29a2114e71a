import { expect, test } from "vitest";
import { wilson } from "./wilson.ts";

test.each([
  // SciPy 1.17.1: scipy.stats.binomtest(k, n).proportion_ci(0.95, method="wilson")
  [0, 10, 0, 0.2775327999],
  [3, 20, 0.0523687459, 0.3604188647],
  [5, 20, 0.1118617014, 0.4687008776],
  [10, 10, 0.7224672001, 1],
  [30, 10_000, 0.0021022877, 0.0042794067],
  [12, 3200, 0.002146492, 0.0065435319],
  [1, 1, 0.2065493144, 1],
])("%i of %i", (part, whole, low, high) => {
  const w = wilson({ part, whole });
  expect(w?.low).toBeCloseTo(low, 9);
  expect(w?.high).toBeCloseTo(high, 9);
});

test("what is no share has no interval", () => {
  for (const [part, whole] of [
    [0, 0],
    [3, 2],
    [-1, 5],
    [Number.NaN, 5],
    [1, Number.NaN],
    [1, Number.POSITIVE_INFINITY],
  ] as const)
    expect(wilson({ part, whole })).toBeNull();
});
