import type { Coverage, Instant } from "../../core/model.ts";
import { localTime } from "../zone.ts";

/** What the statistics see of one reading. `flagged`: an incident covers it, so it teaches nothing. */
export type Reading = {
  readonly at: Instant;
  readonly size: number | null;
  readonly coverage: Coverage;
  readonly flagged: boolean;
};

/** One local day; `value` in the unit of the reading or a transform of it. */
export type Day = { readonly day: number; readonly weekday: number; readonly value: number };

/** Older readings say little about today. */
const LOOK_BACK_DAYS = 63;
const DAY_MINUTES = 1440;

/**
 * One value per local day before the day of `at`: of each day the reading nearest to the same time of day, so that
 * hours compare like with like. Only complete and unflagged readings.
 */
export function trainingDays(readings: readonly Reading[], at: Instant, timezone: string): Day[] {
  const today = localTime(Date.parse(at), timezone);
  const best = new Map<number, { off: number; day: Day }>();
  for (const r of readings) {
    if (r.coverage !== "complete" || r.flagged || r.size === null) continue;
    const local = localTime(Date.parse(r.at), timezone);
    if (local.day >= today.day || local.day < today.day - LOOK_BACK_DAYS) continue;
    const apart = Math.abs(local.minute - today.minute);
    const off = Math.min(apart, DAY_MINUTES - apart);
    const known = best.get(local.day);
    if (known === undefined || off <= known.off)
      best.set(local.day, { off, day: { day: local.day, weekday: local.weekday, value: r.size } });
  }
  return [...best.values()].map((b) => b.day).sort((a, b) => a.day - b.day);
}
