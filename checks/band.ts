import type { Instant, Snapshot } from "../core/model.ts";
import type { SizeReading } from "../core/stream.ts";
import { foldSizes, sizeStream } from "./sizes.ts";
import { roundRange } from "./words/format.ts";
import { weekdayName } from "./words/when.ts";
import { localTime } from "./zone.ts";

export type Band = { readonly low: number; readonly high: number; readonly label: string };

/** Readings before a range is called normal: a week of daily ones. */
export const READINGS_NEEDED = 7;

/**
 * Range that was normal for each reading, in people, from what was known before it: "47,600 to 48,900 on a Tuesday".
 *
 * @param history of one segment, oldest first
 * @returns by snapshot; null while learning; none for readings that have no verdict
 */
export function bandsOf(
  history: readonly Snapshot[],
  cadence: string,
  timezone: string,
): ReadonlyMap<string, Band | null> {
  const first = history[0];
  if (first === undefined) return new Map();
  const readings = foldSizes(sizeStream(cadence, first.takenAt, timezone), null, history, timezone);
  return new Map(readings.map((r, i) => [r.id, i < READINGS_NEEDED ? null : bandOf(r, timezone)]));
}

/** null when nothing can be said. */
export function bandOf(reading: SizeReading, timezone: string): Band | null {
  const { low, high } = reading.verdict;
  if (low === null || high === null) return null;
  return { ...roundRange(low, high), label: dayName(reading.at, timezone) };
}

const dayName = (at: Instant, timezone: string): string =>
  weekdayName(localTime(Date.parse(at), timezone).weekday);

/** How many of the readings that teach what is normal were made before the last one. */
export function learningProgress(history: readonly Snapshot[]): { seen: number; needed: number } {
  const complete = history.slice(0, -1).filter((s) => s.coverage === "complete" && s.trigger !== "readback");
  return { seen: Math.min(complete.length, READINGS_NEEDED), needed: READINGS_NEEDED };
}
