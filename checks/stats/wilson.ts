import type { Share } from "./proportion.ts";

/** Two-sided 95 %: the true share lies below the lower bound once in forty. */
const Z = 1.959963984540054;

/**
 * Wilson score interval of a share: where the true share lies, from so many cases. Unlike share ± standard error it
 * stays within 0 and 1 and holds for a handful of cases and for none.
 *
 * @returns null when there is no case, or the counts are no counts of a share (part above whole, negative, not finite)
 * @see Wilson (1927), Probable Inference, the Law of Succession, and Statistical Inference, JASA 22:209
 * @example wilson({ part: 3, whole: 20 }) // { low: 0.0524, high: 0.3604 }
 */
export function wilson({ part, whole }: Share, z = Z): { low: number; high: number } | null {
  if (!(whole > 0 && part >= 0 && part <= whole && Number.isFinite(whole))) return null;
  const p = part / whole;
  const middle = p + (z * z) / (2 * whole);
  const reach = z * Math.sqrt((p * (1 - p)) / whole + (z * z) / (4 * whole * whole));
  const scale = 1 + (z * z) / whole;
  return {
    low: part === 0 ? 0 : Math.max(0, (middle - reach) / scale),
    high: part === whole ? 1 : Math.min(1, (middle + reach) / scale),
  };
}
