import { calendarOf, localTime, momentOf, weekdayOf } from "./zone.ts";

/** A five-field cron expression, expanded. Day of month AND day of week must match, as in the scheduler. */
export type Cron = {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly dates: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
};

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
/** 29 February on a given weekday recurs within 40 years; nobody plans a send that far, so two years end the search. */
const SEARCH_DAYS = 732;

/** null when the expression is not one that we can read: then the next time is "not known", never guessed. */
export function parseCron(expression: string): Cron | null {
  const fields = expression.trim().toLowerCase().split(/\s+/);
  const [minute, hour, date, month, weekday] = fields;
  if (
    fields.length !== 5 ||
    minute === undefined ||
    hour === undefined ||
    date === undefined ||
    month === undefined ||
    weekday === undefined
  )
    return null;
  const minutes = expand(minute, 0, 59, []);
  const hours = expand(hour, 0, 23, []);
  const dates = expand(date, 1, 31, []);
  const months = expand(month, 1, 12, MONTHS);
  const weekdays = expand(weekday, 0, 7, WEEKDAYS);
  if (!minutes || !hours || !dates || !months || !weekdays) return null;
  return {
    minutes,
    hours,
    dates: new Set(dates),
    months: new Set(months),
    weekdays: new Set(weekdays.map((d) => d % 7)),
  };
}

/** First fire strictly after `after` (milliseconds); null when there is none within two years. */
export function nextFire(cron: Cron, after: number, timezone: string): number | null {
  const start = localTime(after, timezone);
  for (let day = start.day; day < start.day + SEARCH_DAYS; day++) {
    const { month, date } = calendarOf(day);
    if (!cron.months.has(month) || !cron.dates.has(date) || !cron.weekdays.has(weekdayOf(day))) continue;
    for (const hour of cron.hours) {
      for (const minute of cron.minutes) {
        const at = momentOf(day, hour * 60 + minute, timezone);
        if (at !== null && at > after) return at;
      }
    }
  }
  return null;
}

/** Longest pause between two of the next fires, in hours; null when the expression cannot be read. */
export function longestPauseHours(expression: string, from: number, timezone: string): number | null {
  const cron = parseCron(expression);
  if (cron === null) return null;
  let at = nextFire(cron, from, timezone);
  let longest: number | null = null;
  for (let i = 0; i < 8 && at !== null; i++) {
    const next: number | null = nextFire(cron, at, timezone);
    if (next !== null) longest = Math.max(longest ?? 0, (next - at) / 3_600_000);
    at = next;
  }
  return longest;
}

/** The usual pause between two of the next fires, in hours: nights and weekends are exceptions. A day when it cannot be read. */
export function usualPauseHours(expression: string, from: number, timezone: string): number {
  const cron = parseCron(expression);
  const pauses: number[] = [];
  let at = cron === null ? null : nextFire(cron, from, timezone);
  for (let i = 0; i < 9 && cron !== null && at !== null; i++) {
    const next: number | null = nextFire(cron, at, timezone);
    if (next !== null) pauses.push((next - at) / 3_600_000);
    at = next;
  }
  pauses.sort((a, b) => a - b);
  return pauses[pauses.length >> 1] ?? 24;
}

/** `*`, `7`, `1-5`, `1,3`, `0-30/10`, names; sorted, without doubles. null when it is none of these. */
function expand(field: string, low: number, high: number, names: readonly string[]): number[] | null {
  const values = new Set<number>();
  for (const part of field.split(",")) {
    const match = /^(\*|[a-z0-9]+)(?:-([a-z0-9]+))?(?:\/(\d+))?$/.exec(part);
    if (match === null) return null;
    const [, head = "", tail, every] = match;
    if (head === "*" && tail !== undefined) return null;
    const from = head === "*" ? low : numberOf(head, low, names);
    const to =
      head === "*"
        ? high
        : tail !== undefined
          ? numberOf(tail, low, names)
          : every !== undefined
            ? high
            : from;
    const step = every === undefined ? 1 : Number(every);
    if (from === null || to === null || from < low || to > high || from > to || step < 1) return null;
    for (let v = from; v <= to; v += step) values.add(v);
  }
  return [...values].sort((a, b) => a - b);
}

function numberOf(word: string, low: number, names: readonly string[]): number | null {
  if (/^\d+$/.test(word)) return Number(word);
  const i = names.indexOf(word.slice(0, 3));
  return i < 0 ? null : i + low;
}
