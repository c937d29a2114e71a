import type { ExposedGroup } from "../../core/comparison.ts";
import { type Instant, instant } from "../../core/model.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Up to here opt-outs are told apart by the hour, beyond by the day: what is this old is late by any term. */
const FINE_DAYS = 21;

/** Between these an opt-out was made; `after` null: not known how long before. */
export type OptOut = { readonly after: Instant | null; readonly by: Instant };

/**
 * When somebody opted out, from what two sources know: the readings of the owner's list (between the last that did not
 * have them and the first that had) and the time that the system itself gives. An act that is dated before it was
 * seen was made then; a date after it was seen already is that of a later copy, and says nothing.
 *
 * @param reads times of the owner's readings, newest first
 * @param listed readings in a row, the newest included, that have the person: at least 1
 * @param told time of the opt-out by the system; null: it tells none
 */
export function optOutTime(reads: readonly Instant[], listed: number, told: Instant | null): OptOut {
  const by = reads[Math.min(listed, reads.length) - 1];
  if (by === undefined) throw new RangeError("an opt-out on a list that was never read");
  if (told !== null && told <= by) return { after: told, by: told };
  return { after: reads[listed] ?? null, by };
}

/** Adds opt-outs up to groups that hide no order of people: by the hour while that matters, by the day beyond. */
export class OptOutGroups {
  readonly #now: number;
  readonly #groups = new Map<
    string,
    { after: Instant | null; by: Instant; people: number; among: Record<string, number> }
  >();

  constructor(now: Instant) {
    this.#now = Date.parse(now);
  }

  add(o: OptOut, among: readonly string[]): void {
    const by = this.#rounded(o.by, Math.ceil);
    const after = o.after === null ? null : this.#rounded(o.after, Math.floor);
    const key = `${after} ${by}`;
    const group = this.#groups.get(key) ?? { after, by, people: 0, among: {} };
    group.people++;
    for (const audience of among) group.among[audience] = (group.among[audience] ?? 0) + 1;
    this.#groups.set(key, group);
  }

  /** Longest ago first. */
  result(): ExposedGroup[] {
    return [...this.#groups.values()].sort(
      (a, b) => a.by.localeCompare(b.by) || (a.after ?? "").localeCompare(b.after ?? ""),
    );
  }

  /** Never later than now: rounding up must not put an opt-out into the future. */
  #rounded(at: Instant, round: (x: number) => number): Instant {
    const ms = Date.parse(at);
    const step = this.#now - ms > FINE_DAYS * DAY ? DAY : HOUR;
    return instant(new Date(Math.min(this.#now, round(ms / step) * step)));
  }
}
