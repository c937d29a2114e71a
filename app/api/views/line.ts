import { type Band, bandsOf } from "../../../checks/band.ts";
import type { Snapshot } from "../../../core/model.ts";
import type { Point } from "../contract.ts";

export type Bands = ReadonlyMap<string, Band | null>;

/** Readings before the ones shown that teach what was normal for them. */
const WARM_UP = 200;

/** What was normal for the last `points` readings, by snapshot. */
export const bandsFor = (
  history: readonly Snapshot[],
  points: number,
  cadence: string,
  timezone: string,
): Bands => bandsOf(history.slice(-points - WARM_UP), cadence, timezone);

/** The last `points` readings, each with the range that was normal for it, from what was known before it. */
export function lineOf(
  history: readonly Snapshot[],
  flagged: ReadonlySet<string>,
  points: number,
  bands: Bands,
): Point[] {
  return history.slice(-points).map((s) => {
    const band = bands.get(s.id);
    return {
      at: s.takenAt,
      size: s.metrics.size?.numerator ?? null,
      coverage: s.coverage,
      flagged: flagged.has(s.id),
      low: band?.low ?? null,
      high: band?.high ?? null,
      ordinal: s.ordinal,
    };
  });
}

/** Normal range of the latest reading, with the weekday's name. */
export function normalNow(history: readonly Snapshot[], bands: Bands): Band | null {
  const last = history.at(-1);
  return last === undefined ? null : (bands.get(last.id) ?? null);
}
