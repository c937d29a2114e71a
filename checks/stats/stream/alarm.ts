/** Log10 of the mean number of points between two false alarms, for a one-sided CUSUM that stands at `c`. */
export function cusumRarity(c: number, k: number): number {
  if (c <= 0) return 0;
  const h = 2 * k * (c + 1.166);
  // Siegmund (1985): ARL ≈ (e^h − 1 − h) / 2k²
  return h > 30 ? (h - Math.log(2 * k * k)) / Math.LN10 : Math.log10(1 + (Math.exp(h) - 1 - h) / (2 * k * k));
}
