import type { ExposedGroup } from "../core/comparison.ts";
import type { ConsentClock } from "../core/config.ts";
import type { Instant } from "../core/model.ts";
import { deadlineOf } from "./consent-terms.ts";
import type { PastSend } from "./past-sends.ts";

/**
 * What a number of people can be known to be: polling sees an opt-out between two reads, so most times have two ends.
 * `most` null: no upper bound is known.
 */
export type Bounds = { readonly least: number; readonly most: number | null };

const HOUR = 3_600_000;

export const peopleIn = (groups: readonly ExposedGroup[]): number => groups.reduce((n, g) => n + g.people, 0);

/** Hours since the opt-out of whoever waits longest. */
export function longestHours(groups: readonly ExposedGroup[], now: Instant): Bounds {
  const hours = (at: Instant) => Math.max(0, (Date.parse(now) - Date.parse(at)) / HOUR);
  const least = Math.max(0, ...groups.map((g) => hours(g.by)));
  const after = groups.map((g) => g.after);
  return { least, most: after.includes(null) ? null : Math.max(0, ...after.map((a) => hours(a as Instant))) };
}

/** People times hours for which those who can be mailed now could be so far. */
export function contactHours(groups: readonly ExposedGroup[], now: Instant): Bounds {
  let least = 0;
  let most: number | null = 0;
  for (const g of groups) {
    const hours = (at: Instant) => (g.people * Math.max(0, Date.parse(now) - Date.parse(at))) / HOUR;
    least += hours(g.by);
    most = most === null || g.after === null ? null : most + hours(g.after);
  }
  return { least, most };
}

/**
 * People times hours over a past of comparisons: between two of them, of every group at least the smaller number and at
 * most the larger could be mailed all the time. Comparisons that could not tell leave a gap.
 */
export function pastContactHours(
  points: readonly { readonly at: Instant; readonly groups: readonly ExposedGroup[] | null }[],
): Bounds {
  let least = 0;
  let most = 0;
  for (const [i, now] of points.entries()) {
    const before = points[i - 1];
    if (before?.groups == null || now.groups === null) continue;
    const hours = Math.max(0, Date.parse(now.at) - Date.parse(before.at)) / HOUR;
    const was = byTime(before.groups);
    const is = byTime(now.groups);
    for (const key of new Set([...was.keys(), ...is.keys()])) {
      const [a, b] = [was.get(key) ?? 0, is.get(key) ?? 0];
      least += hours * Math.min(a, b);
      most += hours * Math.max(a, b);
    }
  }
  return { least, most };
}

function byTime(groups: readonly ExposedGroup[]): Map<string, number> {
  const people = new Map<string, number>();
  for (const g of groups) people.set(g.by, (people.get(g.by) ?? 0) + g.people);
  return people;
}

export type Term = {
  readonly clock: ConsentClock;
  /** People for whom it is over: certainly, and at most. */
  readonly over: { readonly least: number; readonly most: number };
  /** When it ends for the next of those for whom it is not over; null: for none. */
  readonly next: number | null;
};

export function termsOf(
  groups: readonly ExposedGroup[],
  clocks: readonly ConsentClock[],
  now: Instant,
  timezone: string,
): Term[] {
  const at = Date.parse(now);
  return clocks.map((clock) => {
    let least = 0;
    let most = 0;
    let next: number | null = null;
    for (const g of groups) {
      const latest = deadlineOf(clock, Date.parse(g.by), timezone);
      const over = latest <= at;
      if (over) least += g.people;
      else next = Math.min(next ?? latest, latest);
      if (over || g.after === null || deadlineOf(clock, Date.parse(g.after), timezone) <= at)
        most += g.people;
    }
    return { clock, over: { least, most }, next };
  });
}

export type Reached = {
  readonly send: PastSend;
  /** Of those exposed, who were sent it. */
  readonly people: { readonly least: number; readonly most: number };
};

/**
 * Sends that went out after the opt-out, with how many of the exposed got them, by the lists that they are on now. The
 * lower bound counts only opt-outs that are certain to be earlier, and takes everybody off who is on a list left out.
 */
export function reachedBy(groups: readonly ExposedGroup[], sends: readonly PastSend[]): Reached[] {
  return sends.flatMap((send) => {
    let least = 0;
    let most = 0;
    for (const g of groups) {
      if (g.after !== null && Date.parse(g.after) >= send.at) continue;
      const on = amongOf(g, send);
      most += on.most;
      if (Date.parse(g.by) < send.at) least += on.least;
    }
    return most > 0 ? [{ send, people: { least, most } }] : [];
  });
}

function amongOf(g: ExposedGroup, { to, others, leftOut }: PastSend): { least: number; most: number } {
  const counts = to.map((a) => g.among[a] ?? 0);
  const out = leftOut.reduce((n, a) => n + (g.among[a] ?? 0), 0);
  return {
    least: Math.max(0, Math.max(0, ...counts) - out),
    most: others
      ? g.people
      : Math.min(
          g.people,
          counts.reduce((n, c) => n + c, 0),
        ),
  };
}

/** People who got at least one of these, at least: the largest of the sends, since others may be the same people. */
export const mailedAtLeast = (reached: readonly Reached[]): number =>
  Math.max(0, ...reached.filter((r) => r.send.told).map((r) => r.people.least));
