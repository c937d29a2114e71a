import type { StreamKind, StreamPoint } from "../../../core/stream.ts";

/** Value on the scale where noise is even, and the variance that sampling alone explains there. */
export type Scaled = { readonly y: number; readonly known: number };

/** Counts below about this many behave like √, above like log. */
export const ROOT_BELOW = 8;

/**
 * Variance-stabilising scale by kind. size: log. count: asinh √(x/8), which is √ for small counts and log for large
 * ones (up to a constant, one unit is a factor e). rate: arcsine, with the known 1/n. latency: log. gauge: as it is.
 *
 * @see Anscombe (1948); Laubscher (1961) for the negative binomial
 */
export function toScale(kind: StreamKind, point: StreamPoint): Scaled {
  const v = point.value;
  switch (kind) {
    case "size":
      return { y: Math.log(v + 0.5), known: 0.05 / (v + 1) };
    case "count":
      return { y: 2 * Math.asinh(Math.sqrt((v + 0.375) / ROOT_BELOW)), known: 0 };
    case "rate": {
      const n = point.denominator;
      if (n === null) return { y: 2 * Math.asin(Math.sqrt(v)), known: 0 };
      return { y: 2 * Math.asin(Math.sqrt((v * n + 0.375) / (n + 0.75))), known: 1 / (n + 0.5) };
    }
    case "latency":
      return { y: Math.log(Math.max(v, 1e-3)), known: 0 };
    case "gauge":
      return { y: v, known: 0 };
  }
}

/** The largest power that is still a number, so that a band is one however far it reaches. */
const MOST = 700;

/** Back to the metric's own unit. */
export function fromScale(kind: StreamKind, y: number): number {
  switch (kind) {
    case "size":
      return Math.max(0, Math.exp(Math.min(MOST, y)) - 0.5);
    case "count":
      return Math.max(0, ROOT_BELOW * Math.sinh(Math.min(MOST, Math.max(0, y)) / 2) ** 2 - 0.375);
    case "rate":
      return Math.sin(Math.min(Math.PI, Math.max(0, y)) / 2) ** 2;
    case "latency":
      return Math.exp(Math.min(MOST, y));
    case "gauge":
      return y;
  }
}

/** Standard deviation of the next value in people or events, from that on the scale; null where it counts neither. */
export function inUnits(kind: StreamKind, point: StreamPoint, mean: number, sd: number): number | null {
  switch (kind) {
    case "size":
    case "count":
      return sd * (fromScale(kind, mean) + 1);
    case "rate":
      return point.denominator === null
        ? null
        : Math.sqrt(Math.max(1e-6, point.denominator * point.value * (1 - point.value)));
    case "latency":
    case "gauge":
      return null;
  }
}

/** Sampling variance of a count around its expected value, on the scale of counts. */
export const countVariance = (expected: number): number => 1 / (Math.max(0, expected) + ROOT_BELOW);

/** What one unit of log odds is on the scale of rates. */
export const rateUnit = (p: number): number => Math.sqrt(Math.max(1e-4, p * (1 - p)));
