import { expect, test } from "vitest";
import { drifted } from "./breaker.ts";

/** More than 2 % who changed, and more than one person: one alone is skipped by themselves. */
test.each([
  [1, 1, false],
  [1, 10, false],
  [2, 10, true],
  [2, 100, false],
  [3, 100, true],
  [20, 1000, false],
  [21, 1000, true],
])("%i of %i drifted: stale is %s", (skipped, total, stale) => {
  expect(drifted(skipped, total) !== null).toBe(stale);
});
