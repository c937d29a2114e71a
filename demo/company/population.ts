import { COUNTRIES, DOMAINS, FIRST_NAMES, HOSTILE_NAMES, LAST_NAMES } from "./names.ts";
import { pick, unit } from "./random.ts";
import { DAYS, type Days } from "./time.ts";

/** Lists that the warehouse owns, in the order of their bits. */
export const LISTS = ["active_customers", "trial", "recent_purchasers", "vip", "lapsed_180"] as const;
export type ListName = (typeof LISTS)[number];
export const listBit: Readonly<Record<ListName, number>> = {
  active_customers: 1,
  trial: 2,
  recent_purchasers: 4,
  vip: 8,
  lapsed_180: 16,
};
export const PLANS = ["free", "trial", "starter", "pro", "business"] as const;
export type Consent = "subscribed" | "unsubscribed" | "complained";

/** What never changes about a person. */
export type Person = {
  readonly customerId: string;
  readonly email: string;
  readonly firstName: string | null;
  readonly country: string;
};

/** Indexes in PLANS, as often as they are chosen. */
const PAID = [2, 2, 3, 3, 4] as const;
const TRIAL_DAYS = 10;
/** Days between purchases of those who do not come every month. Few values, so that the phases stay spread. */
const RARELY = [45, 60, 90, 120, 150, 180];
const OLDEST = -1500;
const STEADY_FROM = -119;
/** People who join on a day of average weight, as a share of the company's size. */
const JOIN_RATE = 0.0022;
const JOIN_WEIGHT = [0.7, 1.15, 1.1, 1.05, 1, 0.9, 0.6];

/**
 * Who the company's people are and how they live: pure functions of seed, person and day. This is the truth that all
 * systems should show; delays and faults are somebody else's business.
 */
export class Population {
  readonly #seed: number;
  readonly #days: Days;
  /** People up to the end of day d, from day −120 on. */
  readonly #total: number[] = [];
  readonly #join: number[] = [];
  readonly #phase: number;
  readonly #today = new Uint8Array(1);

  /** @param size people on day 56 */
  constructor(seed: number, size: number, days: Days) {
    this.#seed = seed;
    this.#days = days;
    this.#phase = unit(seed, 14);
    const joins = Array.from({ length: DAYS - STEADY_FROM + 1 }, (_, i) =>
      this.#joins(STEADY_FROM + i, size),
    );
    const old = Math.max(0, size - joins.reduce((a, b) => a + b, 0));
    for (let i = 0; i < old; i++)
      this.#join.push(Math.floor(OLDEST + unit(seed, i, 0) * (STEADY_FROM - 1 - OLDEST)));
    this.#total.push(old);
    for (const [i, n] of joins.entries()) this.#append(STEADY_FROM + i, n);
    this.#size = size;
  }
  readonly #size: number;

  #joins(day: number, size: number): number {
    const mean = size * JOIN_RATE * (JOIN_WEIGHT[this.#days.weekday(day)] ?? 1);
    return Math.floor(mean * (0.85 + 0.3 * unit(this.#seed, day, 101)) + unit(this.#seed, day, 102));
  }

  #append(day: number, n: number): void {
    for (let k = 0; k < n; k++) this.#join.push(day);
    this.#total.push((this.#total.at(-1) ?? 0) + n);
  }

  /** People who ever joined up to this day; they are numbered from 0. */
  count(day: number): number {
    while (this.#total.length <= day - STEADY_FROM + 1) {
      const next = STEADY_FROM + this.#total.length - 1;
      this.#append(next, this.#joins(next, this.#size));
    }
    return this.#total[Math.max(0, day - STEADY_FROM + 1)] ?? 0;
  }

  person(i: number): Person {
    const s = this.#seed;
    const first = pick(FIRST_NAMES, unit(s, i, 1));
    const name = `${first.toLowerCase()}.${pick(LAST_NAMES, unit(s, i, 2))}`;
    const hostile = i % 250 === 7 ? HOSTILE_NAMES[Math.floor(i / 250) % HOSTILE_NAMES.length] : undefined;
    return {
      customerId: `C${String(100_000 + i)}`,
      // Addresses may begin like a formula, and some do.
      email: `${i % 250 === 9 ? "=1+" : ""}${name}${i}@${pick(DOMAINS, unit(s, i, 5))}`,
      firstName: hostile ?? (this.isNameless(i) ? null : first),
      country: pick(COUNTRIES, unit(s, i, 6)),
    };
  }

  isNameless(i: number): boolean {
    return unit(this.#seed, i, 4) < 0.012 && i % 250 !== 7;
  }

  joined(i: number): number {
    return this.#join[i] ?? Number.POSITIVE_INFINITY;
  }

  /** The truth about a day; what a list's owner shows. */
  in(list: ListName, i: number, day: number): boolean {
    this.lists(i, day, this.#today);
    return ((this.#today[0] ?? 0) & listBit[list]) !== 0;
  }

  /** Bits of the lists that somebody is in from day `from` on, as many days as fit into `out`. */
  lists(i: number, from: number, out: Uint8Array): void {
    const join = this.joined(i);
    const start = join + TRIAL_DAYS;
    const end = this.#end(i, start);
    const vipFrom = unit(this.#seed, i, 12) < 0.045 ? start + 30 : Number.POSITIVE_INFINITY;
    const often = unit(this.#seed, i, 13);
    const every = often < 0.5 ? 14 + Math.floor(28 * often) : (RARELY[i % RARELY.length] ?? 60);
    // Spread evenly (by the golden ratio), so that the list of buyers has a rhythm of weeks and no tides of its own.
    const phase = every * ((i * 0.618033988749895 + this.#phase) % 1);
    let [planned, latest, earlier] = [Number.NaN, 0, 0];
    for (let d = 0; d < out.length; d++) {
      const day = from + d;
      let bits = 0;
      if (day < join)
        bits = 0; // not here yet
      else if (day < start) bits = listBit.trial;
      else if (day < end) {
        const n = Math.floor((day - phase) / every);
        if (n !== planned) {
          [planned, latest, earlier] = [
            n,
            this.#bought(i, n, phase, every),
            this.#bought(i, n - 1, phase, every),
          ];
        }
        const bought = latest <= day ? latest : earlier <= day ? earlier : start;
        bits = listBit.active_customers;
        if (day - Math.max(start, bought) < 30) bits |= listBit.recent_purchasers;
        if (day >= vipFrom) bits |= listBit.vip;
      } else if (day >= end + 180) bits = listBit.lapsed_180;
      out[d] = bits;
    }
  }

  /** Last day of the paid plan; NaN, which is neither before nor after any day: never had one. */
  #end(i: number, start: number): number {
    const converts = unit(this.#seed, i, 10) < 0.85;
    return converts ? start + Math.floor(-1500 * Math.log(1 - unit(this.#seed, i, 11))) : Number.NaN;
  }

  /** Half of the people buy every two to four weeks, the others rarely; a quarter of the purchases waits for a Saturday. */
  #bought(i: number, n: number, phase: number, every: number): number {
    const planned = Math.floor(phase + n * every);
    const waits = unit(this.#seed, i, n, 15) < 0.25;
    return waits ? planned + ((6 - this.#days.weekday(planned) + 7) % 7) : planned;
  }

  /** Day of the person's opt-out; Infinity: not yet. Mostly just after a send, on Tuesday or Thursday. */
  optOutDay(i: number): number {
    const join = this.joined(i);
    if (join < STEADY_FROM && unit(this.#seed, i, 20) < 0.09)
      return Math.floor(-110 * unit(this.#seed, i, 21));
    const day = Math.floor(Math.max(join, 0) + 1 - Math.log(1 - unit(this.#seed, i, 22)) / 0.0005);
    if (day > 100_000) return Number.POSITIVE_INFINITY;
    return unit(this.#seed, i, 23) < 0.6 ? day + ((2 - this.#days.weekday(day) + 7) % 7) : day;
  }

  /** Does the person opt out by a complaint? */
  complains(i: number): boolean {
    return unit(this.#seed, i, 24) < 0.04;
  }

  consent(i: number, day: number): Consent {
    if (day < this.optOutDay(i)) return "subscribed";
    return this.complains(i) ? "complained" : "unsubscribed";
  }

  /** Index in PLANS of what the person pays for as an active customer. */
  paidPlan(i: number): number {
    return pick(PAID, unit(this.#seed, i, 30));
  }
}
