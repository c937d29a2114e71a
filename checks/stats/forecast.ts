import { median } from "simple-statistics";
import { calendarOf } from "../zone.ts";
import type { Day } from "./daily.ts";
import { robustScale } from "./robust-scale.ts";
import { theilSen } from "./theil-sen.ts";
import { weekdayProfile, withoutRhythm } from "./weekday-profile.ts";

/** What a segment's own past says about one day. Logarithms are of size + 0.5, so that 0 has one. */
export type SizeForecast = {
  readonly expected: number;
  readonly low: number;
  readonly high: number;
  /** Natural logarithm of what is expected, and its robust standard deviation. */
  readonly logExpected: number;
  readonly scale: number;
  /** Days that it was learned from. */
  readonly days: number;
};

export const logSize = (size: number): number => Math.log(size + 0.5);
const sizeOf = (log: number): number => Math.max(0, Math.exp(log) - 0.5);

/** The level is the median of this many last days: two wild ones do not move it. */
const LEVEL_DAYS = 5;
const TREND_DAYS = 28;
/** Width of the band in robust standard deviations; what lies outside is unusual, not yet a fault. */
const BAND = 4;
/** No list is steadier than this: 0.2 %, and half of what chance does to a list of its size. */
const FLOOR = 0.002;
const CHANCE = 0.5;

/**
 * Expected size of `today`: level of the last days + trend + what the weekday usually adds. A second reference, the
 * line through four weeks, keeps the band open towards where the list was before a short-lived bump; earlier month
 * ends and starts widen it on their own days.
 *
 * @param days training days before today, oldest first, sizes in people
 * @returns null with fewer than six days
 */
export function forecastSize(
  days: readonly Day[],
  today: { readonly day: number; readonly weekday: number },
): SizeForecast | null {
  if (days.length <= LEVEL_DAYS) return null;
  const logs = days.map((d) => ({ ...d, value: logSize(d.value) }));
  const profile = weekdayProfile(logs);
  const flat = withoutRhythm(logs, profile);
  const last = flat.at(-1);
  if (last === undefined) return null;
  const trend = theilSen(
    flat.filter((d) => d.day > last.day - TREND_DAYS).map((d) => ({ x: d.day, y: d.value })),
  );
  const slope = trend?.slope ?? 0;

  const errors: { day: number; error: number }[] = [];
  for (let i = LEVEL_DAYS; i < flat.length; i++) {
    const d = flat[i];
    if (d !== undefined) errors.push({ day: d.day, error: d.value - levelAt(flat, i, d.day, slope) });
  }
  const rhythm = profile[today.weekday] ?? 0;
  const level = levelAt(flat, flat.length, today.day, slope) + rhythm;
  const line = trend === null ? level : trend.intercept + trend.slope * today.day + rhythm;

  // The profile was fitted on the same days, so their errors look a little too small.
  const fitted = Math.sqrt(days.length / Math.max(days.length - 7, days.length / 2));
  const gap = Math.max(1, today.day - last.day);
  const expected = sizeOf(level);
  const scale = Math.max(
    robustScale(errors.map((e) => e.error)) * fitted * Math.sqrt((3 + gap) / 4),
    FLOOR,
    CHANCE / Math.sqrt(Math.max(1, expected)),
  );
  let low = Math.min(level, line) - BAND * scale;
  let high = Math.max(level, line) + BAND * scale;
  for (const e of errors) {
    if (!sameMonthEdge(e.day, today.day)) continue;
    low = Math.min(low, level + 1.3 * e.error);
    high = Math.max(high, level + 1.3 * e.error);
  }
  return { expected, low: sizeOf(low), high: sizeOf(high), logExpected: level, scale, days: days.length };
}

/** Level of the days before index `i`, carried along the trend to `day`. */
function levelAt(flat: readonly Day[], i: number, day: number, slope: number): number {
  const before = flat.slice(Math.max(0, i - LEVEL_DAYS), i);
  return median(before.map((d) => d.value + slope * (day - d.day)));
}

/** Both days are the same one of the first two or last two days of their months. */
function sameMonthEdge(a: number, b: number): boolean {
  if (a === b) return false;
  const [x, y] = [calendarOf(a), calendarOf(b)];
  return (x.left <= 1 && x.left === y.left) || (x.date <= 2 && x.date === y.date);
}
