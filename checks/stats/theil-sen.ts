import { median } from "simple-statistics";

export type Line = { readonly slope: number; readonly intercept: number };
export type XY = { readonly x: number; readonly y: number };

/**
 * Theil–Sen line: the median of the slopes between all pairs, through the median of what is left over. Up to 29 % of
 * the points may be anything without moving it much.
 *
 * @param points any order, any unit; O(n²), meant for n ≤ 60
 * @returns slope per unit of x; null with fewer than two different x
 * @see Sen (1968), Estimates of the Regression Coefficient Based on Kendall’s Tau
 * @example theilSen([{ x: 0, y: 1 }, { x: 1, y: 3 }, { x: 2, y: 5 }, { x: 3, y: 7 }, { x: 4, y: 90 }]) // slope 2
 */
export function theilSen(points: readonly XY[]): Line | null {
  // A typed array: sorting it is what this costs, and it runs for every reading of every segment.
  const slopes = new Float64Array((points.length * (points.length - 1)) / 2);
  let n = 0;
  for (const [i, a] of points.entries()) {
    for (let j = i + 1; j < points.length; j++) {
      const b = points[j];
      if (b !== undefined && b.x !== a.x) slopes[n++] = (b.y - a.y) / (b.x - a.x);
    }
  }
  if (n === 0) return null;
  const slope = medianOf(slopes.subarray(0, n).sort());
  return { slope, intercept: median(points.map((p) => p.y - slope * p.x)) };
}

function medianOf(sorted: Float64Array): number {
  const half = sorted.length >> 1;
  const high = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? high : (high + (sorted[half - 1] ?? high)) / 2;
}
