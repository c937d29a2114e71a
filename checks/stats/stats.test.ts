import { expect, test } from "vitest";
import { judgeShare } from "./proportion.ts";
import { usualOnes } from "./usual-ones.ts";

test("a share that fell by half stands out; one that was always unsteady does not", () => {
  const steady = Array.from({ length: 10 }, (_, i) => ({ part: 900 + ((i * 7) % 11) - 5, whole: 1000 }));
  const judged = judgeShare(steady, { part: 450, whole: 1000 });
  expect(judged?.score).toBeLessThan(-1);
  expect(judged?.usual).toBeCloseTo(0.9, 2);
  const unsteady = [500, 900, 700, 400, 950, 600, 800].map((part) => ({ part, whole: 1000 }));
  expect(Math.abs(judgeShare(unsteady, { part: 450, whole: 1000 })?.score ?? 9)).toBeLessThan(1);
  expect(judgeShare([], { part: 1, whole: 2 })).toBeNull();
  expect(judgeShare(steady, { part: 0, whole: 0 })).toBeNull();
});

test("usualOnes: a fault that lasts never becomes the norm", () => {
  expect(usualOnes([1, 1, 9, 9, 9, 9, 9, 1], (past, x) => past.length >= 2 && x > 5)).toEqual([1, 1, 1]);
});
