import { medianAbsoluteDeviation, quantile } from "simple-statistics";

/** Turns a median absolute deviation into a standard deviation, for normal data: 1 / Φ⁻¹(3/4). */
const NORMAL = 1.4826;

/**
 * Spread of residuals that a few wild ones cannot inflate, yet heavy tails widen.
 *
 * @param residuals around zero, any unit; the same unit comes back
 * @returns the larger of 1.4826 · MAD and half the 95th percentile of |residual|; 0 when there are none
 * @example robustScale([-1, 0, 1, -1, 1, 0, 2]) // 1.4826
 */
export function robustScale(residuals: readonly number[]): number {
  if (residuals.length === 0) return 0;
  const values = [...residuals];
  return Math.max(NORMAL * medianAbsoluteDeviation(values), quantile(values.map(Math.abs), 0.95) / 2);
}
