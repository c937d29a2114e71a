import type { ConsentClock } from "../core/config.ts";
import { localTime, momentOf, weekdayOf } from "./zone.ts";

const HOUR = 3_600_000;

/**
 * When an opt-out of `at` must have been honoured: at once without a grace, some hours later, or at the end of the
 * last of some business days after the local day of the opt-out. Saturdays and Sundays are no business days; holidays
 * are, since they differ by place: the term then ends early rather than late.
 *
 * @example deadlineOf({ hours: null, businessDays: 10 }, Date.parse("2026-11-06T12:00Z"), "UTC") // 21 Nov 2026, 00:00
 */
export function deadlineOf(
  clock: Pick<ConsentClock, "hours" | "businessDays">,
  at: number,
  timezone: string,
): number {
  if (clock.hours !== null) return at + clock.hours * HOUR;
  if (clock.businessDays === null) return at;
  let { day } = localTime(at, timezone);
  for (let left = clock.businessDays; left > 0; ) {
    day++;
    const weekday = weekdayOf(day);
    if (weekday !== 0 && weekday !== 6) left--;
  }
  return startOf(day + 1, timezone);
}

/** Local midnight, or the first moment after it where clocks jump over it. */
function startOf(day: number, timezone: string): number {
  for (let minute = 0; minute <= 180; minute += 15) {
    const at = momentOf(day, minute, timezone);
    if (at !== null) return at;
  }
  throw new RangeError(`local day ${day} has no morning`);
}
