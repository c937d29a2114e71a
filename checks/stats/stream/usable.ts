import type { StreamKind, StreamPoint } from "../../../core/stream.ts";

/** The last moment that a date can be, and a value whose square is a number still. */
const LAST = 8.64e15;
const MOST = 1e100;

/**
 * Is this a value of its kind? Not finite, below zero (but for a gauge), a share above 1 and a denominator of zero
 * are not: they are no data rather than a zero.
 */
export function usable(kind: StreamKind, point: StreamPoint): boolean {
  const { t, value, denominator } = point;
  // What is no number at all is no less.
  if (!(Math.abs(t) <= LAST) || !(Math.abs(value) <= MOST)) return false;
  if (kind !== "gauge" && value < 0) return false;
  if (kind !== "rate") return true;
  if (value > 1) return false;
  return denominator === null || (Number.isFinite(denominator) && denominator > 0);
}
