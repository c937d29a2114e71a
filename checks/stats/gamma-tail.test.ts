import { describe, expect, test } from "vitest";
import { logChiSquareTail, logGammaLower, logGammaUpper, logPoissonAtLeast } from "./gamma-tail.ts";

/** a, x, ln Q, ln P: SciPy 1.17.1, scipy.stats.gamma.logsf(x, a) and .logcdf(x, a). */
const SCIPY = [
  [0.5, 1.92, -2.9948622271800254, -0.051339107277687264],
  [1, 700, -700, -9.85967654375939e-305],
  [3, 0.01, -1.654216664896509e-7, -15.614768151150606],
  [15, 40, -13.134626643067184, -1.975625195037227e-6],
  [50, 30, -0.0005190261333113416, -7.563815824707172],
  [500, 520, -1.6890703133434428, -0.20418827936673203],
  [100_000, 101_000, -7.120426961055112, -0.0008087484618170911],
  [2.3, 2.5, -1.0111977419062128, -0.45221557947086616],
] as const;

describe("tails of the gamma distribution, as logarithms", () => {
  test.each(SCIPY)("a = %d, x = %d as SciPy has it", (a, x, upper, lower) => {
    expect(logGammaUpper(a, x) / upper).toBeCloseTo(1, 10);
    expect(logGammaLower(a, x) / lower).toBeCloseTo(1, 10);
  });

  test("chi-square: the table's 5 % points", () => {
    // R 4: qchisq(0.95, c(1, 5, 30))
    for (const [degrees, point] of [
      [1, 3.841458820694124],
      [5, 11.070497693516351],
      [30, 43.77297182574219],
    ] as const)
      expect(logChiSquareTail(point, degrees)).toBeCloseTo(Math.log(0.05), 9);
  });

  test("Poisson: 5 or more when 1 is expected, 1 − Σ e⁻¹/k! for k = 0…4", () => {
    expect(logPoissonAtLeast(5, 1, 1)).toBeCloseTo(-5.610333982897155, 10);
    expect(logPoissonAtLeast(0, 1, 1)).toBe(0);
    // Twice the variance makes the same count less strange.
    expect(logPoissonAtLeast(10, 2, 2)).toBeCloseTo(logPoissonAtLeast(5, 1, 1), 10);
  });

  test("the ends", () => {
    expect(logGammaUpper(3, 0)).toBe(0);
    expect(logGammaUpper(3, -1)).toBe(0);
    expect(logGammaLower(3, 0)).toBe(Number.NEGATIVE_INFINITY);
    expect(logGammaUpper(2, 1e6)).toBeLessThan(-9e5);
  });
});
