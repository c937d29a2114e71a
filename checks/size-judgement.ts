import { median } from "simple-statistics";
import type { Instant, Snapshot } from "../core/model.ts";
import { type Band, expectedBand } from "./band.ts";
import { type Day, type Reading, trainingDays } from "./stats/daily.ts";
import { drift } from "./stats/drift.ts";
import { logSize } from "./stats/forecast.ts";
import { localTime } from "./zone.ts";

export type SizeLimits = {
  readonly minimum_people: number;
  readonly minimum_share: number;
  /** An owner may grow by a campaign; only this much more is asked about. Also for copies whose owner was not read. */
  readonly growth_share: number;
  readonly drift_score: number;
  /** While learning: only this much against the last readings. */
  readonly learning_share: number;
};

export type SizeVerdict =
  | { readonly kind: "fine" | "learning" }
  | {
      readonly kind: "jump";
      readonly value: number;
      readonly expected: number;
      readonly band: Band;
      readonly score: number;
    }
  | {
      readonly kind: "drift";
      readonly value: number;
      readonly expected: number;
      readonly band: Band | null;
      readonly perDay: number;
      readonly sinceDay: number;
      readonly score: number;
      readonly againstOwner: boolean;
    }
  | {
      readonly kind: "unlike_last";
      readonly value: number;
      readonly expected: number;
      readonly readings: number;
    };

/** Readings of one segment, oldest first, the one to judge last, complete and with a size. */
export type SizeCase = {
  readonly own: readonly Reading[];
  /** The owner's readings, the last complete and of the same run; null for the owner itself or when it was not read. */
  readonly owner: readonly Reading[] | null;
  readonly isOwner: boolean;
  readonly timezone: string;
};

/** Is this size one that the segment's own past and its owner explain? Numbers in, verdict out. */
export function judgeSize(c: SizeCase, limits: SizeLimits): SizeVerdict {
  const last = c.own.at(-1);
  if (last === undefined || last.size === null) return { kind: "learning" };
  const value = last.size;
  const own = withNewNormal(c.own);
  const before = own.slice(0, -1);
  const band = expectedBand(before, last.at, c.timezone);
  if (band === null) return unlikeLast(before, value, limits);

  const { expected } = band.forecast;
  const growthLimit = c.owner === null ? limits.growth_share : limits.minimum_share;
  const enough = (from: number) =>
    matters(value, from, value > from ? growthLimit : limits.minimum_share, limits.minimum_people);
  const off = logSize(value) - band.forecast.logExpected;
  const outside = value < band.forecast.low || value > band.forecast.high;
  if (
    outside &&
    enough(expected) &&
    !(c.owner !== null && ownerMovedAlike(c.owner, off, band.forecast.scale, limits, c.timezone))
  ) {
    return { kind: "jump", value, expected, band, score: Math.abs(off) / band.forecast.scale };
  }

  const series = driftSeries({ ...c, own }, last);
  const chance = 0.5 / Math.sqrt(Math.max(1, value));
  const found = drift(series.days, chance);
  if (found !== null && found.score >= limits.drift_score) {
    const line = value / Math.exp(found.change);
    if (enough(line)) {
      return {
        kind: "drift",
        value,
        expected: line,
        band,
        perDay: found.perDay,
        sinceDay: found.since,
        score: found.score,
        againstOwner: series.againstOwner,
      };
    }
  }
  return { kind: "fine" };
}

/** Time after which a level that keeps still is the new normal, so that an alarm does not last for ever. */
const NEW_NORMAL_MS = 21 * 86_400_000;

/** Once the readings that an incident covers have been steady for three weeks, learning starts anew from them. */
function withNewNormal(readings: readonly Reading[]): readonly Reading[] {
  const before = readings.slice(0, -1).filter((r) => r.coverage === "complete" && r.size !== null);
  const sane = before.findLastIndex((r) => !r.flagged);
  const run = before.slice(sane + 1);
  const [first, last] = [run[0], run.at(-1)];
  if (first === undefined || last === undefined || Date.parse(last.at) - Date.parse(first.at) < NEW_NORMAL_MS)
    return readings;
  const sizes = run.map((r) => r.size ?? 0);
  if (Math.max(...sizes) > Math.min(...sizes) * 1.15) return readings;
  return readings.filter((r) => r.at >= first.at).map((r) => ({ ...r, flagged: false }));
}

/** Both a share and a number of people; an empty list counts from ten people on. */
function matters(value: number, expected: number, share: number, people: number): boolean {
  const moved = Math.abs(value - expected);
  if (value === 0) return expected >= Math.min(people, 10);
  return moved >= people && moved >= expected * share;
}

/** No band yet: only a change that no list makes, and only against steady readings. */
function unlikeLast(before: readonly Reading[], value: number, limits: SizeLimits): SizeVerdict {
  const sizes = before
    .flatMap((r) => (r.coverage === "complete" && !r.flagged && r.size !== null ? [r.size] : []))
    .slice(-7);
  if (sizes.length < 3) return { kind: "learning" };
  const expected = median(sizes);
  const steady = Math.max(...sizes) <= Math.min(...sizes) * 1.25;
  if (!steady || !matters(value, expected, limits.learning_share, limits.minimum_people))
    return { kind: "learning" };
  return { kind: "unlike_last", value, expected, readings: sizes.length };
}

/** Readings of the owner that a copy may still show: this run's and the ones before it, as far as a sync lags. */
const OWNER_READINGS = 3;

/** The owner moved the same way by about as much: the copy is right to follow, and the owner is judged by itself. */
function ownerMovedAlike(
  owner: readonly Reading[],
  off: number,
  scale: number,
  limits: SizeLimits,
  timezone: string,
): boolean {
  for (let i = owner.length - 1; i >= Math.max(1, owner.length - OWNER_READINGS); i--) {
    const r = owner[i];
    if (r === undefined || r.coverage !== "complete" || r.size === null) continue;
    const band = expectedBand(owner.slice(0, i), r.at, timezone);
    if (band === null) continue;
    const ownerOff = logSize(r.size) - band.forecast.logExpected;
    const near = Math.max(Math.log1p(limits.minimum_share), 4 * Math.hypot(scale, band.forecast.scale));
    if (ownerOff * off > 0 && Math.abs(ownerOff) >= Math.abs(off) / 2 && Math.abs(ownerOff - off) <= near)
      return true;
  }
  return false;
}

/** Logarithms of copy / owner where both were read on a day: the owner's own growth cancels. Else of the size. */
function driftSeries(c: SizeCase, last: Reading): { days: Day[]; againstOwner: boolean } {
  const own = withToday(c.own, last, c.timezone);
  const ownerLast = c.owner?.at(-1);
  if (c.owner !== null && ownerLast !== undefined) {
    const owner = new Map(withToday(c.owner, ownerLast, c.timezone).map((d) => [d.day, d.value]));
    const ratio = own.flatMap((d) => {
      const there = owner.get(d.day);
      return there === undefined ? [] : [{ ...d, value: d.value - there }];
    });
    if (ratio.at(-1)?.day === own.at(-1)?.day && ratio.length >= own.length / 2)
      return { days: ratio, againstOwner: true };
  }
  return { days: own, againstOwner: false };
}

function withToday(readings: readonly Reading[], last: Reading, timezone: string): Day[] {
  const { day, weekday } = localTime(Date.parse(last.at), timezone);
  const before = trainingDays(readings, last.at, timezone);
  return [...before, { day, weekday, value: last.size ?? 0 }].map((d) => ({ ...d, value: logSize(d.value) }));
}

/** The same data read again: neither its clock nor its size moved, so yesterday's verdict stands. */
export const nothingNew = (latest: Snapshot, before: Snapshot | undefined): boolean =>
  before !== undefined &&
  latest.asOf === before.asOf &&
  latest.metrics.size?.numerator === before.metrics.size?.numerator;

export const instantOfDay = (day: number): Instant =>
  new Date(day * 86_400_000 + 43_200_000).toISOString() as Instant;
