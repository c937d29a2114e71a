import { expectedBand } from "../../../checks/band.ts";
import type { Instant, Snapshot } from "../../../core/model.ts";
import type { Point } from "../contract.ts";

type Reading = {
  readonly at: Instant;
  readonly size: number | null;
  readonly coverage: Snapshot["coverage"];
  readonly flagged: boolean;
};

const readingsOf = (history: readonly Snapshot[], flagged: ReadonlySet<string>): Reading[] =>
  history.map((s) => ({
    at: s.takenAt,
    size: s.metrics.size?.numerator ?? null,
    coverage: s.coverage,
    flagged: flagged.has(s.id),
  }));

/** The last `points` readings, each with the range that was normal for it, from what was known before it. */
export function lineOf(
  history: readonly Snapshot[],
  flagged: ReadonlySet<string>,
  points: number,
  timezone: string,
): Point[] {
  const readings = readingsOf(history, flagged);
  const from = Math.max(0, readings.length - points);
  return readings.slice(from).map((r, i) => {
    const band = expectedBand(readings.slice(0, from + i), r.at, timezone);
    return {
      at: r.at,
      size: r.size,
      coverage: r.coverage,
      flagged: r.flagged,
      low: band?.low ?? null,
      high: band?.high ?? null,
      ordinal: history[from + i]?.ordinal ?? null,
    };
  });
}

/** Normal range of the latest reading, with the weekday's name. */
export function normalNow(
  history: readonly Snapshot[],
  flagged: ReadonlySet<string>,
  timezone: string,
): { low: number; high: number; label: string } | null {
  const readings = readingsOf(history, flagged);
  const last = readings.at(-1);
  return last === undefined ? null : expectedBand(readings.slice(0, -1), last.at, timezone);
}
