import { gammaln } from "simple-statistics";

/** Tails of a discrete distribution at one value: each includes the value itself. */
export type Tails = { readonly lower: number; readonly upper: number; readonly at: number };

/** So far from ten expected events that nothing is left to sum. */
const FAR = 5000;
/** Trials that all but agree; at 1 there would be one trial only. */
const MOST_CORRELATED = 0.99;

/** Sums a probability mass from 0 up to `x` by its ratios. */
function sum(p0: number, x: number, ratio: (k: number) => number): Tails {
  if (x > FAR) return { lower: 1, upper: 1e-30, at: 0 };
  let mass = p0;
  let below = 0;
  for (let k = 0; k < x; k++) {
    below += mass;
    mass *= ratio(k);
  }
  return { lower: Math.min(1, below + mass), upper: Math.max(mass, 1 - below), at: mass };
}

/**
 * Negative binomial tails: a count whose own mean varies.
 *
 * @param x the count that was seen
 * @param mean expected count
 * @param variance of the count; at most `mean`: Poisson
 * @example negativeBinomialTails(5, 2, 3) // size 4: upper 0.0879, R: pnbinom(4, size = 4, mu = 2, lower = FALSE)
 */
export function negativeBinomialTails(x: number, mean: number, variance: number): Tails {
  const over = variance - mean;
  if (over <= mean * 1e-6) return sum(Math.exp(-mean), x, (k) => mean / (k + 1));
  const size = (mean * mean) / over;
  const q = mean / (size + mean);
  return sum((1 - q) ** size, x, (k) => (q * (size + k)) / (k + 1));
}

/**
 * Beta-binomial tails: so many of `n` trials whose chance itself varies around `p`.
 *
 * @param n a whole number
 * @param rho intraclass correlation, (variance / (n p (1 − p)) − 1) / (n − 1); 0: binomial; above 0.99 as 0.99
 * @see Skellam (1948), A probability distribution derived from the binomial distribution
 */
export function betaBinomialTails(x: number, n: number, p: number, rho: number): Tails {
  if (rho <= 1e-9) return sum(Math.exp(n * Math.log1p(-p)), x, (k) => ((n - k) * p) / ((k + 1) * (1 - p)));
  const total = 1 / Math.min(MOST_CORRELATED, rho) - 1;
  const a = p * total;
  const b = (1 - p) * total;
  const none = Math.exp(gammaln(b + n) - gammaln(a + b + n) + gammaln(a + b) - gammaln(b));
  return sum(none, x, (k) => ((n - k) * (a + k)) / ((k + 1) * (b + n - k - 1)));
}
