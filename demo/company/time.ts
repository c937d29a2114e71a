/** The company's time zone; its audits run at 06:04 there, its CRM exports at 05:40. */
export const TIMEZONE = "Europe/Berlin";
export const DAYS = 56;
const DAY_MS = 86_400_000;

const formatter = new Intl.DateTimeFormat("en-GB", {
  timeZone: TIMEZONE,
  hourCycle: "h23",
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});

/** Milliseconds that the zone is ahead of UTC at this moment. */
function offset(at: number): number {
  const p = Object.fromEntries(formatter.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  return (
    Date.UTC(p.year ?? 0, (p.month ?? 1) - 1, p.day ?? 1, p.hour ?? 0, p.minute ?? 0, p.second ?? 0) - at
  );
}

/** Days and moments of one run of the demo. Day 56 is `today`; days before history began are 0 and below. */
export class Days {
  /** Midnight UTC of day 56. */
  readonly #today: number;
  readonly #now: number;
  readonly #known = new Map<number, number>();

  /**
   * @param today ISO date
   * @param now the moment of starting: on day 56 nothing may be dated later than that
   */
  constructor(today: string, now: Date) {
    this.#today = Date.parse(`${today.slice(0, 10)}T00:00:00Z`);
    if (Number.isNaN(this.#today))
      throw new RangeError(`demo: today is ${today} → use an ISO date, 2026-11-24`);
    this.#now = now.getTime();
  }

  /** 0 Sunday … 6 Saturday. */
  weekday(n: number): number {
    // The first of January 1970 was a Thursday.
    return (((this.#midnight(n) / DAY_MS + 4) % 7) + 7) % 7;
  }

  /** That time of day in the company's zone. Remembered: it is asked for every person, and the zone is slow to tell. */
  at(n: number, hour: number, minute: number): Date {
    const wall = this.#midnight(n) + (hour * 60 + minute) * 60_000;
    let at = this.#known.get(wall);
    if (at === undefined) {
      at = wall - offset(wall - offset(wall));
      this.#known.set(wall, at);
    }
    return new Date(at);
  }

  /** When day n is audited: 06:04, except that day 56 is audited now if today is really today. */
  audit(n: number): Date {
    const planned = this.at(n, 6, 4);
    if (n !== DAYS) return planned;
    const isToday =
      this.#now >= this.#today - offset(this.#now) && this.#now < this.#today + DAY_MS - offset(this.#now);
    return isToday ? new Date(this.#now) : planned;
  }

  /** When the CRM's exports of day n were written: 24 minutes before the audit. */
  exported(n: number): Date {
    return new Date(this.audit(n).getTime() - 24 * 60_000);
  }

  date(n: number): string {
    return new Date(this.#midnight(n)).toISOString().slice(0, 10);
  }

  #midnight(n: number): number {
    return this.#today + (n - DAYS) * DAY_MS;
  }
}
