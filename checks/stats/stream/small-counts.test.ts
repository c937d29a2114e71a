import { describe, expect, test } from "vitest";
import { betaBinomialTails, negativeBinomialTails, type Tails } from "./small-counts.ts";

const expectTails = (tails: Tails, lower: number, upper: number, at: number, within: number) => {
  expect(Math.abs(tails.lower / lower - 1)).toBeLessThan(within);
  expect(Math.abs(tails.upper / upper - 1)).toBeLessThan(within);
  expect(Math.abs(tails.at / at - 1)).toBeLessThan(within);
};

/**
 * x, mean, variance, P(X ≤ x), P(X ≥ x), P(X = x): SciPy 1.17.1, scipy.stats.poisson(mean) where the variance is the
 * mean, else scipy.stats.nbinom(size, size / (size + mean)) with size = mean² / (variance − mean).
 */
const NEGATIVE_BINOMIAL = [
  [0, 2, 2, 0.1353352832366127, 1, 0.1353352832366127],
  [5, 2, 2, 0.9834363915193856, 0.052653017343711125, 0.03608940886309672],
  [0, 0.02, 0.02, 0.9801986733067553, 1, 0.9801986733067553],
  [1, 0.02, 0.02, 0.9998026467728904, 0.0198013266932447, 0.019603973466135106],
  [3, 9.9, 9.9, 0.011119788299312656, 0.9969942856714248, 0.00811407397073748],
  [25, 9.9, 9.9, 0.9999850366012494, 4.01238725597492e-5, 2.51604738091559e-5],
  [0, 2, 3, 0.19753086419753083, 1, 0.19753086419753077],
  [5, 2, 3, 0.9575776050398821, 0.08794391098917853, 0.04552151602906062],
  [12, 2, 3, 0.9998840097483848, 0.000285108823968265, 0.00016911857235304896],
  [0, 8, 20, 0.007544896509215516, 1, 0.0075448965092155176],
  [1, 8, 20, 0.03168856533870517, 0.9924551034907845, 0.024143668829489654],
  [30, 8, 20, 0.999680905947245, 0.0004699442760303803, 0.00015085022327536348],
  [4, 0.5, 5, 0.9665639793337416, 0.04229596992331547, 0.008859949257057168],
] as const;

/** x, n, p, P(X ≤ x), P(X ≥ x), P(X = x): SciPy 1.17.1, scipy.stats.binom(n, p). */
const BINOMIAL = [
  [0, 1_000, 0.005, 0.006653968578831993, 1, 0.006653968578831997],
  [5, 1_000, 0.005, 0.6159610222264551, 0.5599465941935615, 0.17590761642001468],
  [15, 1_000, 0.005, 0.9999348441796799, 0.00021580336348481794, 0.0001506475431647748],
  [2, 4, 0.9, 0.05229999999999997, 0.9963, 0.048599999999999983],
  [4, 4, 0.9, 1, 0.6561, 0.6561],
  [1, 1, 0.02, 1, 0.02, 0.02],
] as const;

/** x, n, p, rho, P(X ≤ x), P(X ≥ x), P(X = x): SciPy 1.17.1, scipy.stats.betabinom(n, p (1/rho − 1), (1 − p) (1/rho − 1)). */
const BETA_BINOMIAL = [
  [0, 1_000, 0.005, 0.001, 0.031045924892623252, 1, 0.031045924892623252],
  [5, 1_000, 0.005, 0.001, 0.622748887849059, 0.5005742912528958, 0.12332317910195482],
  [15, 1_000, 0.005, 0.001, 0.9942462149582179, 0.009398763335784044, 0.00364497829400177],
  [0, 20, 0.3, 0.1, 0.026903536173689416, 1, 0.026903536173689416],
  [20, 20, 0.3, 0.1, 1, 3.788898593602054e-5, 3.788898593602054e-5],
  [3, 50, 0.1, 0.5, 0.7550033673365556, 0.2694877995447508, 0.02449116688130633],
  [1, 1, 0.5, 0.3, 1, 0.5, 0.5],
] as const;

/** The same from mpmath 1.3.0 with 40 digits, where SciPy itself loses some. */
const BETA_BINOMIAL_LARGE = [
  [30, 1_000, 0.005, 0.001, 0.999998523219462, 2.660052565950633e-6, 1.183272028020873e-6],
  [12, 1_000_000, 5e-6, 1e-6, 0.9754794536215861, 0.038405988587749844, 0.013885442209335947],
  [9, 100_000_000, 5e-8, 1e-8, 0.910217289308904, 0.1334228480564766, 0.04364013736538065],
] as const;

describe("exact tails of few events", () => {
  test.each(NEGATIVE_BINOMIAL)("%d where %d are expected, variance %d", (x, mean, variance, l, u, at) => {
    expectTails(negativeBinomialTails(x, mean, variance), l, u, at, 1e-9);
  });

  test.each(BINOMIAL)("%d of %d at %d", (x, n, p, l, u, at) => {
    expectTails(betaBinomialTails(x, n, p, 0), l, u, at, 1e-9);
  });

  test.each(BETA_BINOMIAL)("%d of %d at %d, correlated %d", (x, n, p, rho, l, u, at) => {
    expectTails(betaBinomialTails(x, n, p, rho), l, u, at, 1e-8);
  });

  test.each(BETA_BINOMIAL_LARGE)("%d of %d at %d, correlated %d: many trials", (x, n, p, rho, l, u, at) => {
    expectTails(betaBinomialTails(x, n, p, rho), l, u, at, 1e-5);
  });

  test("the example of the docstring; SciPy 1.17.1: nbinom(4, 2/3).sf(4) = 0.0879, as R's pnbinom has it", () => {
    expect(negativeBinomialTails(5, 2, 3).upper).toBeCloseTo(0.0879, 4);
  });

  test("a variance below the mean is Poisson", () => {
    expect(negativeBinomialTails(4, 2, 0.5)).toEqual(negativeBinomialTails(4, 2, 2));
  });

  test("a deep upper tail never comes out as nothing", () => {
    // SciPy 1.17.1: nbinom with mean 9 and variance 9.5 has sf(39) 3.83e-13; one minus the rest loses digits there.
    expect(negativeBinomialTails(40, 9, 9.5).upper).toBeGreaterThan(2.8e-13);
    expect(negativeBinomialTails(40, 9, 9.5).upper).toBeLessThan(5e-13);
    for (const x of [200, 4_999, 5_001, 1e9]) {
      const tails = negativeBinomialTails(x, 2, 3);
      expect(tails.upper).toBeGreaterThanOrEqual(0);
      expect(tails.upper).toBeLessThan(1e-15);
      expect(tails.lower).toBeCloseTo(1, 12);
    }
  });

  test("whatever the trials' correlation, both are probabilities", () => {
    for (const rho of [0, 1e-9, 1e-6, 0.01, 0.5, 0.99, 1, 3, 1e9])
      for (const [x, n] of [
        [0, 1],
        [1, 1],
        [2, 2],
        [0, 2],
        [0, 1e6],
        [7, 1e6],
      ] as const) {
        const { lower, upper, at } = betaBinomialTails(x, n, Math.min(0.9, 2 / n), rho);
        for (const p of [lower, upper, at]) {
          expect(p).toBeGreaterThanOrEqual(0);
          expect(p).toBeLessThanOrEqual(1 + 1e-12);
        }
        expect(lower + upper - at).toBeCloseTo(1, 5);
      }
  });
});
