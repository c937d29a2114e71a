import type { Instant } from "../../core/model.ts";
import { localTime } from "../zone.ts";

const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

export const weekdayName = (weekday: number): string => WEEKDAYS[weekday] ?? "day";

/** "CET"; zones without a name of their own read "UTC+5:30". */
function zoneName(at: Instant, timezone: string): string {
  // British English knows the European names, American English the American ones.
  for (const locale of ["en-GB", "en-US"]) {
    const name = new Intl.DateTimeFormat(locale, { timeZone: timezone, timeZoneName: "short" })
      .formatToParts(Date.parse(at))
      .find((p) => p.type === "timeZoneName")?.value;
    if (name !== undefined && !/^GMT[+-]/.test(name)) return name;
    if (locale === "en-US" && name !== undefined) return name.replace("GMT", "UTC").replace("-", "−");
  }
  return "UTC";
}

/** "06:04 CET". */
export function clockTime(at: Instant, timezone: string): string {
  const { minute } = localTime(Date.parse(at), timezone);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)} ${zoneName(at, timezone)}`;
}

/** "3 Nov". */
export function dateOf(at: Instant, timezone: string): string {
  return new Intl.DateTimeFormat("en-GB", { timeZone: timezone, day: "numeric", month: "short" }).format(
    Date.parse(at),
  );
}

/** As short as it stays clear, seen from `now`: "06:04 CET", "Mon 06:04 CET", "3 Nov 06:04 CET". */
export function moment(at: Instant, now: Instant, timezone: string): string {
  const then = localTime(Date.parse(at), timezone);
  const days = localTime(Date.parse(now), timezone).day - then.day;
  const time = clockTime(at, timezone);
  if (days === 0) return time;
  if (days > 0 && days < 7) return `${weekdayName(then.weekday).slice(0, 3)} ${time}`;
  return `${dateOf(at, timezone)} ${time}`;
}

/** "40 minutes", "3 hours", "2 days", in the unit that a person would say. */
export function duration(ms: number): string {
  const minutes = ms / 60_000;
  if (minutes < 90) return plural(Math.max(1, Math.round(minutes)), "minute");
  if (minutes < 48 * 60) return plural(Math.round(minutes / 60), "hour");
  return plural(Math.round(minutes / 1440), "day");
}

const plural = (n: number, unit: string) => `${n} ${unit}${n === 1 ? "" : "s"}`;
