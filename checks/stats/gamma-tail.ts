import { gammaln } from "simple-statistics";

const MOST_TERMS = 500;
const SMALL = 1e-300;

/**
 * Natural logarithm of the upper tail of the gamma distribution, ln Q(a, x), Q = Γ(a, x) / Γ(a). A logarithm, since
 * what a check calls impossible is often below the smallest number there is.
 *
 * @param a shape, above 0
 * @param x at 0 and below the tail is everything: 0 comes back
 * @see Press et al., Numerical Recipes, §6.2: the series below a + 1, Lentz's continued fraction above
 * @example logGammaUpper(0.5, 1.92072941034706) // ln 0.05: half of 3.8415, the 95 % point of chi-square with 1 degree
 */
export function logGammaUpper(a: number, x: number): number {
  if (!(x > 0)) return 0;
  if (x < a + 1) return log1mExp(logSeries(a, x));
  return logFraction(a, x);
}

/** ln P(a, x), the lower tail. −Infinity at 0 and below. */
export function logGammaLower(a: number, x: number): number {
  if (!(x > 0)) return Number.NEGATIVE_INFINITY;
  if (x < a + 1) return Math.min(0, logSeries(a, x));
  return log1mExp(logFraction(a, x));
}

/**
 * Natural logarithm of the chance that chi-square with `degrees` degrees of freedom exceeds `x2`.
 *
 * @example logChiSquareTail(3.841458820694124, 1) // ln 0.05
 */
export const logChiSquareTail = (x2: number, degrees: number): number => logGammaUpper(degrees / 2, x2 / 2);

/**
 * ln of the chance of `count` or more events, when `expected` are expected and their variance is `inflation` times
 * that of Poisson. Exact for whole counts at inflation 1.
 *
 * @example logPoissonAtLeast(5, 1, 1) // ln 0.00366: 1 − Σ e⁻¹/k!, k = 0…4
 */
export const logPoissonAtLeast = (count: number, expected: number, inflation: number): number =>
  count <= 0 ? 0 : logGammaLower(count / inflation, expected / inflation);

/** ln(1 − eˡ) for l ≤ 0, without losing the digits near 0. */
function log1mExp(l: number): number {
  if (l >= 0) return Number.NEGATIVE_INFINITY;
  return l > -Math.LN2 ? Math.log(-Math.expm1(l)) : Math.log1p(-Math.exp(l));
}

const logFront = (a: number, x: number): number => a * Math.log(x) - x - gammaln(a);

function logSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n <= MOST_TERMS; n++) {
    term *= x / (a + n);
    sum += term;
    if (term < sum * 1e-15) break;
  }
  return logFront(a, x) + Math.log(sum);
}

function logFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1 / SMALL;
  let d = 1 / b;
  let h = d;
  for (let i = 1; i <= MOST_TERMS; i++) {
    const an = -i * (i - a);
    b += 2;
    d = an * d + b;
    if (Math.abs(d) < SMALL) d = SMALL;
    c = b + an / c;
    if (Math.abs(c) < SMALL) c = SMALL;
    d = 1 / d;
    const step = d * c;
    h *= step;
    if (Math.abs(step - 1) < 1e-15) break;
  }
  return logFront(a, x) + Math.log(h);
}
