import type { Instant } from "../core/model.ts";

const parts = (at: Instant, timezone: string, options: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat("en-GB", { ...options, timeZone: timezone }).format(new Date(at)).replace(",", "");

/** "06:04 CET". */
export const clockTime = (at: Instant, timezone: string): string =>
  parts(at, timezone, { hour: "2-digit", minute: "2-digit", timeZoneName: "short" });

/** "24 Dec". */
export const dayMonth = (at: Instant, timezone: string): string =>
  parts(at, timezone, { day: "numeric", month: "short" });

/** "Tuesday". */
export const weekday = (at: Instant, timezone: string): string => parts(at, timezone, { weekday: "long" });

/** "Tue 24 Nov 06:04 CET": clear however much later it is read. */
export const dayAndTime = (at: Instant, timezone: string): string =>
  `${parts(at, timezone, { weekday: "short", day: "numeric", month: "short" })} ${clockTime(at, timezone)}`;

/** Calendar day in this zone, "2026-11-24". */
export const dayOf = (at: Instant, timezone: string): string =>
  new Intl.DateTimeFormat("en-CA", {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    timeZone: timezone,
  }).format(new Date(at));

/** "40 minutes", "3 hours", "2 days", in the unit that a person would say. */
export function duration(ms: number): string {
  const minutes = ms / 60_000;
  if (minutes < 90) return plural(Math.max(1, Math.round(minutes)), "minute");
  if (minutes < 48 * 60) return plural(Math.round(minutes / 60), "hour");
  return plural(Math.round(minutes / 1440), "day");
}

/** "1 hour", "3 hours". */
export const plural = (n: number, unit: string): string =>
  `${n.toLocaleString("en-GB")} ${unit}${n === 1 ? "" : "s"}`;
