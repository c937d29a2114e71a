import type { Instant } from "../core/model.ts";
import { type Reading, trainingDays } from "./stats/daily.ts";
import { forecastSize, type SizeForecast } from "./stats/forecast.ts";
import { roundRange } from "./words/format.ts";
import { weekdayName } from "./words/when.ts";
import { localTime } from "./zone.ts";

export type Band = {
  readonly low: number;
  readonly high: number;
  readonly label: string;
  readonly forecast: SizeForecast;
};

/** Below this many same weekdays Plumbline is learning and draws no band. */
export const WEEKS_NEEDED = 4;

/**
 * Range that is normal for the moment `at`, in people, from the readings before that day: "47,600 to 48,900 on a
 * Tuesday". Flagged and incomplete readings teach nothing. null while learning (see `learningProgress`).
 */
export function expectedBand(history: readonly Reading[], at: Instant, timezone: string): Band | null {
  const today = localTime(Date.parse(at), timezone);
  const days = trainingDays(history, at, timezone);
  if (days.filter((d) => d.weekday === today.weekday).length < WEEKS_NEEDED) return null;
  const forecast = forecastSize(days, today);
  if (forecast === null) return null;
  return { ...roundRange(forecast.low, forecast.high), label: weekdayName(today.weekday), forecast };
}

/** How many of the four same weekdays were seen before the last reading; the weekday is that of the last reading. */
export function learningProgress(
  history: readonly Reading[],
  timezone = "UTC",
): { seen: number; needed: number } {
  const last = history.at(-1);
  if (last === undefined) return { seen: 0, needed: WEEKS_NEEDED };
  const { weekday } = localTime(Date.parse(last.at), timezone);
  const seen = trainingDays(history, last.at, timezone).filter((d) => d.weekday === weekday).length;
  return { seen: Math.min(seen, WEEKS_NEEDED), needed: WEEKS_NEEDED };
}
