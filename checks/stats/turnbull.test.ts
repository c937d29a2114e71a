import { describe, expect, test } from "vitest";
import { quantileOf, turnbull, type Wait } from "./turnbull.ts";

const wait = (low: number, high: number, people: number): Wait => ({ low, high, people });

describe("turnbull", () => {
  test("overlapping intervals, some still waiting", () => {
    const steps = turnbull([
      wait(0, 24, 60),
      wait(0, 48, 25),
      wait(24, 72, 10),
      wait(48, 96, 4),
      wait(72, Number.POSITIVE_INFINITY, 3),
      wait(24, Number.POSITIVE_INFINITY, 2),
    ]);
    // The maximum of the same likelihood by scipy.optimize.minimize(method="SLSQP"), SciPy 1.17.1, 20 starts
    const expected = [
      [0, 24, 0.8],
      [24, 48, 0.062069],
      [48, 72, 0.0917772],
      [72, 96, 0.0461538],
    ] as const;
    expect(steps.map((s) => [s.low, s.high])).toEqual(expected.map(([low, high]) => [low, high]));
    for (const [i, [, , share]] of expected.entries()) expect(steps[i]?.share).toBeCloseTo(share, 4);
  });

  test("exact times and open ends give Kaplan–Meier", () => {
    // SciPy 1.17.1: scipy.stats.ecdf(CensoredData(uncensored=[3, 3, 5, 8], right=[4, 6])).cdf = 1/3, 5/9, 1
    const exactly = (t: number, people = 1) => wait(t - 1e-6, t, people);
    const open = (t: number) => wait(t, Number.POSITIVE_INFINITY, 1);
    const steps = turnbull([exactly(3, 2), exactly(5), exactly(8), open(4), open(6)]);
    expect(steps.map((s) => s.high)).toEqual([3, 5, 8]);
    for (const [i, share] of [1 / 3, 2 / 9, 4 / 9].entries()) expect(steps[i]?.share).toBeCloseTo(share, 5);
  });

  test("everybody still waiting is an open step, nobody is none, nonsense is left out", () => {
    expect(turnbull([wait(10, Number.POSITIVE_INFINITY, 4)])).toEqual([
      { low: 10, high: Number.POSITIVE_INFINITY, share: 1 },
    ]);
    expect(turnbull([])).toEqual([]);
    expect(turnbull([wait(5, 5, 9), wait(Number.NaN, 4, 1), wait(-1, 4, 1), wait(0, 4, 0)])).toEqual([]);
  });
});

test("quantiles are bounds", () => {
  const steps = turnbull([wait(0, 24, 90), wait(24, 48, 6), wait(48, Number.POSITIVE_INFINITY, 4)]);
  expect(quantileOf(steps, 0.5)).toEqual({ low: 0, high: 24 });
  expect(quantileOf(steps, 0.95)).toEqual({ low: 24, high: 48 });
  expect(quantileOf(steps, 0.99)).toEqual({ low: 48, high: Number.POSITIVE_INFINITY });
  expect(quantileOf([], 0.5)).toBeNull();
});
