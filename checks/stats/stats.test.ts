import { describe, expect, test } from "vitest";
import { drift } from "./drift.ts";
import { judgeShare } from "./proportion.ts";
import { robustScale } from "./robust-scale.ts";
import { theilSen } from "./theil-sen.ts";
import { usualOnes } from "./usual-ones.ts";
import { weekdayProfile } from "./weekday-profile.ts";

const days = (n: number, f: (i: number) => number) =>
  Array.from({ length: n }, (_, i) => ({ day: i, weekday: i % 7, value: f(i) }));

describe("statistics, by hand", () => {
  test("Theil–Sen ignores one wild point", () => {
    // Slopes: six of 2 among the first four points, and 83, 42.5, 29, 22.25 to the last; their median is 2.
    const line = theilSen([1, 3, 5, 7, 90].map((y, x) => ({ x, y })));
    expect(line).toEqual({ slope: 2, intercept: 1 });
    expect(theilSen([{ x: 1, y: 1 }])).toBeNull();
  });

  test("robust scale: MAD 1 times 1.4826, widened by heavy tails", () => {
    expect(robustScale([-1, 0, 1, -1, 1, 0, 2])).toBeCloseTo(1.4826, 4);
    // 95th percentile of ten values: 0.55 of the way from the ninth (0) to the tenth (8), halved.
    expect(robustScale([0, 0, 0, 0, 0, 0, 0, 0, 0, 8])).toBeCloseTo(2.2, 6);
    expect(robustScale([])).toBe(0);
  });

  test("a weekly rhythm is found under growth", () => {
    const profile = weekdayProfile(days(42, (i) => 0.01 * i + (i % 7 === 3 ? 0.5 : 0)));
    expect(profile[3]).toBeCloseTo(0.5, 1);
    expect(profile.filter((_, d) => d !== 3).every((p) => Math.abs(p) < 0.02)).toBe(true);
  });

  test("a share that fell by half stands out; one that was always unsteady does not", () => {
    const steady = Array.from({ length: 10 }, () => ({ part: 900, whole: 1000 }));
    const judged = judgeShare(steady, { part: 450, whole: 1000 });
    // p = 900.5/1001, its standard error √(p(1−p)/1000) = 0.00949; (0.45 − 0.9)/0.00949 = −47.4
    expect(judged?.z).toBeCloseTo(-47.4, 0);
    const unsteady = [500, 900, 700, 400, 950, 600, 800].map((part) => ({ part, whole: 1000 }));
    expect(Math.abs(judgeShare(unsteady, { part: 450, whole: 1000 })?.z ?? 9)).toBeLessThan(2);
    expect(judgeShare([], { part: 1, whole: 2 })).toBeNull();
  });

  test("drift: 1 % a day for a week leaves a steady line; a week's bump that ended does not", () => {
    const wobble = (i: number) => 0.001 * Math.sin(i * 2.4);
    const leak = drift(
      days(42, (i) => wobble(i) - 0.01 * Math.max(0, i - 34)),
      0.001,
    );
    expect(leak?.change).toBeLessThan(-0.04);
    expect(leak?.score).toBeGreaterThan(5);
    const bump = drift(
      days(42, (i) => wobble(i) + (i >= 30 && i < 37 ? 0.08 : 0)),
      0.001,
    );
    expect(Math.abs(bump?.change ?? 0)).toBeLessThan(0.01);
  });

  test("usualOnes: a fault that lasts never becomes the norm", () => {
    expect(usualOnes([1, 1, 9, 9, 9, 9, 9, 1], (past, x) => past.length >= 2 && x > 5)).toEqual([1, 1, 1]);
  });
});
