import { probit } from "simple-statistics";

/**
 * Upper tail of the standard normal.
 *
 * @see Numerical Recipes §6.2 (erfcc): relative error below 1.2e-7 everywhere, so deep tails are right too
 * @example normalTail(1.959964) // 0.025
 */
export function normalTail(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.5 * x);
  const poly =
    -1.26551223 +
    t *
      (1.00002368 +
        t *
          (0.37409196 +
            t *
              (0.09678418 +
                t *
                  (-0.18628806 +
                    t *
                      (0.27886807 +
                        t * (-1.13520398 + t * (1.48851587 + t * (-0.82215223 + t * 0.17087277))))))));
  const upper = 0.5 * t * Math.exp(-x * x + poly);
  return z < 0 ? 1 - upper : upper;
}

/**
 * Upper tail of Student's t with 4 degrees of freedom, closed form.
 *
 * @see Abramowitz & Stegun 26.7.4
 * @example student4Tail(2.776445) // 0.025, R: pt(2.776445, 4, lower = FALSE)
 */
export function student4Tail(t: number): number {
  const a = Math.abs(t);
  const c = 4 / (4 + a * a);
  // For large t the difference cancels: 0.5·(1 − s(1 + c/2)) with s = √(1 − c), as a series in c.
  const upper = c < 1e-3 ? 0.5 * c * c * (3 / 8) * (1 + c / 3) : 0.5 * (1 - Math.sqrt(1 - c) * (1 + c / 2));
  return t < 0 ? 1 - upper : upper;
}

/** Weights of the two shapes that a predictive distribution mixes: normal, and Student's t with 4 degrees. */
export type TailMix = { readonly normal: number };

/** Student's t is drawn in so that both shapes agree in the middle: ratio of their quartiles. */
const DRAWN = 0.6745 / 0.7407;

export const mixedTail = (z: number, normal: number): number =>
  normal * normalTail(z) + (1 - normal) * student4Tail(z / DRAWN);

const LOG_NORMAL = -0.5 * Math.log(2 * Math.PI);
const LOG_T4 = Math.log(3 / 8) - Math.log(DRAWN);
/** Log densities of both shapes at a standardised value. */
export const logNormal = (z: number): number => LOG_NORMAL - 0.5 * z * z;
export const logStudent4 = (z: number): number => LOG_T4 - 2.5 * Math.log1p((z / DRAWN) ** 2 / 4);

/** The normal deviate with this upper tail; 0 < p ≤ 0.5, at most 40. */
export function deviateOf(p: number): number {
  if (p >= 0.5) return 0;
  if (p > 1e-6) return -probit(p);
  // Mills' ratio, in rounds.
  const l = -2 * Math.log(Math.max(p, 1e-300) * Math.sqrt(2 * Math.PI));
  let z = Math.sqrt(l - Math.log(l));
  for (let i = 0; i < 3; i++) z = Math.sqrt(l - 2 * Math.log(z) - 2 / (z * z));
  return Math.min(40, z);
}
