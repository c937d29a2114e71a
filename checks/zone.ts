/** Wall-clock time of the company's time zone. Pure: the moment is an argument, the zone's rules are Intl's. */

const MINUTE = 60_000;
const DAY = 86_400_000;
/** Offsets change on quarter hours, so one lookup serves a quarter of an hour. */
const QUARTER = 15 * MINUTE;

export type LocalTime = {
  /** Days since 1970-01-01 on the local calendar. */
  readonly day: number;
  /** 0 Sunday … 6 Saturday. */
  readonly weekday: number;
  /** Minutes since local midnight. */
  readonly minute: number;
};

const formatters = new Map<string, Intl.DateTimeFormat>();
const offsets = new Map<string, Map<number, number>>();

function formatter(timezone: string): Intl.DateTimeFormat {
  let f = formatters.get(timezone);
  if (f === undefined) {
    f = new Intl.DateTimeFormat("en-GB", {
      timeZone: timezone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
    formatters.set(timezone, f);
  }
  return f;
}

/** Milliseconds that local time is ahead of UTC at `ms`. */
function offsetAt(ms: number, timezone: string): number {
  let ofZone = offsets.get(timezone);
  if (ofZone === undefined || ofZone.size > 20_000) {
    ofZone = new Map();
    offsets.set(timezone, ofZone);
  }
  const quarter = Math.floor(ms / QUARTER) * QUARTER;
  const known = ofZone.get(quarter);
  if (known !== undefined) return known;
  const part: Record<string, number> = {};
  for (const { type, value } of formatter(timezone).formatToParts(quarter)) part[type] = Number(value);
  const offset =
    Date.UTC(part.year ?? 0, (part.month ?? 1) - 1, part.day, part.hour, part.minute, part.second) - quarter;
  ofZone.set(quarter, offset);
  return offset;
}

export function localTime(ms: number, timezone: string): LocalTime {
  const local = ms + offsetAt(ms, timezone);
  const day = Math.floor(local / DAY);
  return { day, weekday: weekdayOf(day), minute: Math.floor((local - day * DAY) / MINUTE) };
}

/** 1970-01-01 was a Thursday. */
export const weekdayOf = (day: number): number => (((day + 4) % 7) + 7) % 7;

/** Month (1–12), day of the month, and days until the month ends (0 on its last day). */
export function calendarOf(day: number): { month: number; date: number; left: number } {
  const d = new Date(day * DAY);
  const date = d.getUTCDate();
  const last = new Date(Date.UTC(d.getUTCFullYear(), d.getUTCMonth() + 1, 0)).getUTCDate();
  return { month: d.getUTCMonth() + 1, date, left: last - date };
}

/**
 * The moment at which local clocks show `minute` on `day`; null when they never do (spring forward).
 * Twice-shown times (autumn) answer the first.
 */
export function momentOf(day: number, minute: number, timezone: string): number | null {
  const local = day * DAY + minute * MINUTE;
  // The offsets a day before and after are the only candidates, since zones change at most once in that time.
  const candidates = [offsetAt(local - DAY, timezone), offsetAt(local + DAY, timezone)];
  for (const offset of candidates.sort((a, b) => b - a)) {
    const ms = local - offset;
    if (offsetAt(ms, timezone) === offset) return ms;
  }
  return null;
}
