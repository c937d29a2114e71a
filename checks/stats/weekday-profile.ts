import { median } from "simple-statistics";
import type { Day } from "./daily.ts";

/** A week around the day holds every weekday once, so its median is free of the weekly rhythm. */
const HALF_WEEK = 3;
const ENOUGH_NEIGHBOURS = 4;
const ENOUGH_WEEKS = 3;

/**
 * What each weekday (0 Sunday … 6) usually adds to the level of its week.
 *
 * @param days in order; `value` should be a logarithm where rhythm is proportional to size
 * @returns seven offsets in the unit of `value`; 0 for weekdays seen fewer than three times
 */
export function weekdayProfile(days: readonly Day[]): readonly number[] {
  const offsets: number[][] = [[], [], [], [], [], [], []];
  let from = 0;
  for (const d of days) {
    while ((days[from]?.day ?? d.day) < d.day - HALF_WEEK) from++;
    const around: number[] = [];
    for (let i = from; i < days.length; i++) {
      const other = days[i];
      if (other === undefined || other.day > d.day + HALF_WEEK) break;
      around.push(other.value);
    }
    if (around.length >= ENOUGH_NEIGHBOURS) offsets[d.weekday]?.push(d.value - median(around));
  }
  return offsets.map((o) => (o.length >= ENOUGH_WEEKS ? median(o) : 0));
}

export const withoutRhythm = (days: readonly Day[], profile: readonly number[]): Day[] =>
  days.map((d) => ({ ...d, value: d.value - (profile[d.weekday] ?? 0) }));
