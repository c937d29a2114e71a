const DAY = 86_400_000;

/** Easter Sunday of a Gregorian year. @see Meeus/Jones/Butcher */
export function easter(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const e = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - d - (c % 4)) % 7;
  const f = d + e - 7 * Math.floor((a + 11 * d + 22 * e) / 451) + 114;
  return Date.UTC(year, Math.floor(f / 31) - 1, (f % 31) + 1);
}

/** The n-th weekday (0 Sunday) of a month; n = −1: the last. */
export function nthWeekday(year: number, month: number, weekday: number, n: number): number {
  if (n > 0) {
    const first = new Date(Date.UTC(year, month, 1)).getUTCDay();
    return Date.UTC(year, month, 1 + ((weekday - first + 7) % 7) + 7 * (n - 1));
  }
  const last = new Date(Date.UTC(year, month + 1, 0));
  return last.getTime() - ((last.getUTCDay() - weekday + 7) % 7) * DAY;
}

/** How unlike its weekday a day may be: great feasts and sales days, and public holidays of single countries. */
export const GREAT = 0.4;
export const SMALL = 0.15;

function holidaysOf(year: number): ReadonlyMap<number, number> {
  const days = new Map<number, number>();
  const put = (t: number, weight: number) => days.set(t, Math.max(weight, days.get(t) ?? 0));
  const on = (month: number, day: number, weight: number) => put(Date.UTC(year, month - 1, day), weight);
  for (const [m, d] of [
    [12, 24],
    [12, 25],
    [12, 26],
    [12, 31],
    [1, 1],
  ] as const)
    on(m, d, GREAT);
  for (const d of [23, 27, 28, 29, 30]) on(12, d, SMALL);
  for (const [m, d] of [
    [1, 2],
    [1, 6],
    [2, 14],
    [5, 1],
    [7, 4],
    [7, 14],
    [8, 15],
    [10, 3],
    [10, 31],
    [11, 1],
    [11, 11],
  ] as const)
    on(m, d, m === 7 && d === 4 ? GREAT : SMALL);
  const sunday = easter(year);
  for (const [off, weight] of [
    [-3, SMALL],
    [-2, GREAT],
    [-1, SMALL],
    [0, GREAT],
    [1, GREAT],
    [39, SMALL],
    [40, SMALL],
    [50, SMALL],
  ] as const)
    put(sunday + off * DAY, weight);
  const thanksgiving = nthWeekday(year, 10, 4, 4);
  for (const [off, weight] of [
    [-1, SMALL],
    [0, GREAT],
    [1, GREAT],
    [2, SMALL],
    [3, SMALL],
    [4, GREAT],
    [5, SMALL],
  ] as const)
    put(thanksgiving + off * DAY, weight);
  for (const [m, n] of [
    [0, 3],
    [1, 3],
    [4, 1],
    [4, -1],
    [7, -1],
    [8, 1],
    [9, 2],
  ] as const)
    put(nthWeekday(year, m, 1, n), SMALL);
  return days;
}

const known = new Map<number, ReadonlyMap<number, number>>();

/**
 * How unlike its weekday the day of `t` may be, as a standard deviation of log activity; 0 on ordinary days. Public
 * holidays and sales days of North America and western Europe: which of them a company follows, its series tell.
 *
 * @param t wall-clock milliseconds of the series
 */
export function unlike(t: number): number {
  const day = Math.floor(t / DAY) * DAY;
  const year = new Date(day).getUTCFullYear();
  let days = known.get(year);
  if (days === undefined) {
    if (known.size > 200) known.clear();
    days = holidaysOf(year);
    known.set(year, days);
  }
  return days.get(day) ?? 0;
}
