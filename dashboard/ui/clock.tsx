import { createContext, type ReactNode, useContext, useMemo } from "react";
import { locale } from "./format.ts";

/** Times as this company reads them: in its zone, against the server's clock. */
export type Clock = {
  /** The server's now, ISO-8601; empty before the first answer. */
  readonly now: string;
  readonly zone: string;
  /** "06:04" */
  time(at: string): string;
  /** "Tue 24 Nov" */
  day(at: string): string;
  /** "24 Nov"; "24 Nov 2023" when that is more than half a year from now. */
  date(at: string): string;
  /** "06:04" today, "Mon 06:04" this week, else "18 Sep 06:04". */
  when(at: string): string;
  /** "16 min ago", "in 3 h 40 min". */
  ago(at: string): string;
  /** "Tuesday 24 November, 06:20" */
  full(at: string): string;
  /** "Tuesday" */
  weekday(at: string): string;
};

const HALF_A_YEAR_MS = 183 * 86_400_000;

function span(ms: number): string {
  const minutes = Math.round(Math.abs(ms) / 60_000);
  if (minutes < 1) return "less than a minute";
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 10 && minutes % 60 !== 0) return `${hours} h ${minutes % 60} min`;
  if (hours < 48) return `${hours} h`;
  return `${Math.round(hours / 24)} days`;
}

/** @param zone IANA name; an unknown one falls back to UTC and says so in `zone` */
export function makeClock(now: string, zone: string, language: string): Clock {
  const timeZone = (() => {
    try {
      new Intl.DateTimeFormat("en", { timeZone: zone });
      return zone;
    } catch {
      return "UTC";
    }
  })();
  const pick = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(language, { timeZone, ...options });
    return (at: string) => format.format(new Date(at));
  };
  /** A day without its year is taken for the nearest. */
  const dated = (options: Intl.DateTimeFormatOptions) => {
    const near = pick(options);
    const far = pick({ ...options, year: "numeric" });
    return (at: string) => (Math.abs(Date.parse(at) - Date.parse(now)) > HALF_A_YEAR_MS ? far(at) : near(at));
  };
  const time = pick({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const date = dated({ day: "numeric", month: "short" });
  const weekdayShort = pick({ weekday: "short" });
  const weekday = pick({ weekday: "long" });
  const long = dated({ weekday: "long", day: "numeric", month: "long" });
  const zoneName = new Intl.DateTimeFormat(language, { timeZone, timeZoneName: "short" })
    .formatToParts(now === "" ? new Date(0) : new Date(now))
    .find((part) => part.type === "timeZoneName")?.value;
  const dayKey = pick({ year: "numeric", month: "2-digit", day: "2-digit" });
  return {
    now,
    zone: zoneName ?? timeZone,
    time,
    date,
    weekday,
    day: (at) => `${weekdayShort(at)} ${date(at)}`,
    when: (at) => {
      if (now !== "" && dayKey(at) === dayKey(now)) return time(at);
      const days = Math.abs(Date.parse(now) - Date.parse(at)) / 86_400_000;
      return days < 6.5 ? `${weekdayShort(at)} ${time(at)}` : `${date(at)} ${time(at)}`;
    },
    ago: (at) => {
      const ms = Date.parse(at) - Date.parse(now);
      if (Number.isNaN(ms)) return "";
      return ms > 0 ? `in ${span(ms)}` : `${span(ms)} ago`;
    },
    full: (at) => `${long(at)}, ${time(at)}`,
  };
}

const ClockContext = createContext<Clock>(makeClock("", "UTC", "en"));

export function ClockProvider(props: { now: string; zone: string; children: ReactNode }) {
  const clock = useMemo(() => makeClock(props.now, props.zone, locale()), [props.now, props.zone]);
  return <ClockContext value={clock}>{props.children}</ClockContext>;
}

export const useClock = (): Clock => useContext(ClockContext);
