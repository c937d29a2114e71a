import { AuditorError } from "../../core/errors.ts";
import { type Instant, instant } from "../../core/model.ts";
import { dayOf } from "../when.ts";
import type { Week } from "./model.ts";

const DAY = 86_400_000;

/**
 * The last seven days, named after the ISO week of yesterday: on Monday morning that is the week that just ended.
 *
 * @example lastSevenDays(monday 07:00) // 2026-W48, until now
 */
export function lastSevenDays(now: Instant, timezone: string): Week {
  const end = Date.parse(now);
  return {
    id: isoWeek(dayOf(instant(new Date(end - DAY)), timezone)),
    from: instant(new Date(end - 7 * DAY)),
    to: now,
    running: true,
  };
}

/**
 * One ISO week, Monday 00:00 to Sunday 24:00 in this zone, cut at `now` while it runs.
 *
 * @throws AuditorError bad_data: not a week, or one that has not begun
 */
export function namedWeek(id: string, now: Instant, timezone: string): Week {
  const match = /^(\d{4})-W(\d{2})$/.exec(id);
  const [year, week] = [Number(match?.[1]), Number(match?.[2])];
  const monday = match === null ? Number.NaN : mondayOf(year, week);
  if (Number.isNaN(monday) || isoWeek(new Date(monday).toISOString().slice(0, 10)) !== id) {
    throw new AuditorError(
      "bad_data",
      "--week",
      `“${id.slice(0, 20)}” is not a week`,
      "write it like 2026-W48",
    );
  }
  const from = midnight(monday, timezone);
  const to = midnight(monday + 7 * DAY, timezone);
  if (from > now) throw new AuditorError("bad_data", "--week", `${id} has not begun`, "name a week that has");
  return { id, from, to: to < now ? to : now, running: to >= now };
}

/** "2026-W48" of a calendar day; the week belongs to the year of its Thursday. */
export function isoWeek(day: string): string {
  const date = Date.parse(`${day}T00:00:00Z`);
  const weekday = (new Date(date).getUTCDay() + 6) % 7;
  const thursday = date + (3 - weekday) * DAY;
  const year = new Date(thursday).getUTCFullYear();
  const week = Math.floor((thursday - Date.UTC(year, 0, 1)) / (7 * DAY)) + 1;
  return `${year}-W${String(week).padStart(2, "0")}`;
}

function mondayOf(year: number, week: number): number {
  const fourth = Date.UTC(year, 0, 4); // always in week 1
  return fourth - ((new Date(fourth).getUTCDay() + 6) % 7) * DAY + (week - 1) * 7 * DAY;
}

/** The moment at which this calendar day begins in the zone; twice, since the offset may differ across a clock change. */
function midnight(day: number, timezone: string): Instant {
  let at = day;
  for (let i = 0; i < 2; i++) at = day - offset(at, timezone);
  return instant(new Date(at));
}

function offset(at: number, timezone: string): number {
  const p = new Intl.DateTimeFormat("en-US", {
    timeZone: timezone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(at);
  const n = (type: Intl.DateTimeFormatPartTypes) => Number(p.find((x) => x.type === type)?.value);
  return (
    Date.UTC(n("year"), n("month") - 1, n("day"), n("hour"), n("minute"), n("second")) -
    Math.floor(at / 1000) * 1000
  );
}
