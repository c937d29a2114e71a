import { describe, expect, test } from "vitest";
import { countVariance, fromScale, inUnits, rateUnit, toScale } from "./scale.ts";

const point = (value: number, denominator: number | null = null) => ({ t: 0, value, denominator });

describe("the scale where noise is even", () => {
  test.each(["size", "count", "latency", "gauge"] as const)("%s: there and back", (kind) => {
    for (const value of [0.01, 0.5, 1, 3, 8, 40, 1_000, 123_456, 1e9, 1e15]) {
      const { y } = toScale(kind, point(value));
      expect(fromScale(kind, y) / value).toBeCloseTo(1, 9);
    }
  });

  test("zero comes back as zero where there is one", () => {
    for (const kind of ["size", "count", "gauge"] as const)
      expect(fromScale(kind, toScale(kind, point(0)).y)).toBeCloseTo(0, 12);
    expect(fromScale("gauge", toScale("gauge", point(-7)).y)).toBe(-7);
  });

  test("rates: there and back, to within three quarters of a trial where trials are known", () => {
    for (const value of [0, 0.001, 0.2, 0.5, 0.98, 1]) {
      expect(fromScale("rate", toScale("rate", point(value)).y)).toBeCloseTo(value, 12);
      for (const n of [1, 10, 1_000, 1e6]) {
        const back = fromScale("rate", toScale("rate", point(value, n)).y);
        expect(Math.abs(back - value)).toBeLessThanOrEqual(0.75 / n);
      }
    }
  });

  test("one unit is a factor e of large counts, and of sizes; small counts go by their root", () => {
    const count = (v: number) => toScale("count", point(v)).y;
    expect(count(Math.E * 1e6) - count(1e6)).toBeCloseTo(1, 4);
    expect(toScale("size", point(Math.E * 1e6)).y - toScale("size", point(1e6)).y).toBeCloseTo(1, 4);
    // Anscombe: √(x + 3/8) has a spread that does not hang on x; 0 to 1 is as far as the roots are.
    expect((count(1) - count(0)) / (Math.sqrt(1.375) - Math.sqrt(0.375))).toBeCloseTo(2 / Math.sqrt(8), 1);
  });

  test("whatever comes back is a value of its kind, and finite", () => {
    for (const y of [-1e6, -3, 0, 2, 800, 1e6]) {
      for (const kind of ["size", "count", "rate", "latency"] as const) {
        expect(fromScale(kind, y)).toBeGreaterThanOrEqual(0);
        expect(Number.isFinite(fromScale(kind, y))).toBe(true);
      }
      expect(fromScale("rate", y)).toBeLessThanOrEqual(1);
    }
  });

  test("sampling: a count of Poisson and a rate of so many trials are spread as said", () => {
    // d/dx of 2 asinh √(x/8) squared, times the variance x.
    const slope = (fromScale("count", 5 + 1e-6) - fromScale("count", 5 - 1e-6)) / 2e-6;
    const mean = fromScale("count", 5);
    expect(mean / slope ** 2 / countVariance(mean)).toBeCloseTo(1, 1);
    expect(toScale("rate", point(0.3, 400)).known).toBeCloseTo(1 / 400, 5);
    expect(toScale("rate", point(0.3)).known).toBe(0);
  });

  test("in units: people and events, else nothing", () => {
    expect(inUnits("size", point(1_000), Math.log(1_000.5), 0.01)).toBeCloseTo(10, 1);
    expect(inUnits("rate", point(0.5, 400), 1.5, 0.1)).toBe(10);
    expect(inUnits("rate", point(0.5), 1.5, 0.1)).toBeNull();
    for (const kind of ["latency", "gauge"] as const) expect(inUnits(kind, point(3), 1, 1)).toBeNull();
  });

  test("a unit of log odds on the scale of rates, never nothing", () => {
    expect(rateUnit(0.5)).toBe(0.5);
    expect(rateUnit(0)).toBe(0.01);
    expect(rateUnit(1)).toBe(0.01);
  });
});
