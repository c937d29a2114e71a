import { median } from "simple-statistics";
import type { SizeReading } from "../core/stream.ts";
import { CLOSE } from "./live.ts";

export type SizeLimits = {
  readonly minimum_people: number;
  readonly minimum_share: number;
  /** An owner may grow by a campaign; only this much more is asked about. Also for copies whose owner was not read. */
  readonly growth_share: number;
  /** Alarm from this score on; 1 is about one false alarm in a thousand days of one list. */
  readonly score: number;
};

export type SizeVerdict =
  | { readonly kind: "fine" | "learning" }
  | { readonly kind: "jump"; readonly value: number; readonly expected: number }
  | {
      readonly kind: "drift";
      readonly value: number;
      readonly expected: number;
      /** The reading before it began. */
      readonly since: SizeReading;
      readonly perDay: number;
    }
  | { readonly kind: "still"; readonly value: number; readonly readings: number };

/** Readings of one segment, oldest first, the one to judge last. */
export type SizeCase = {
  readonly own: readonly SizeReading[];
  /** The owner's readings, the last of the same run; null for the owner itself or when it was not read. */
  readonly owner: readonly SizeReading[] | null;
};

const DAY = 86_400_000;
/** Readings before the first verdict, and readings in a row alike before a list is called still. */
const FIRST = 5;
const STILL = 3;
/** A list that moves by less is not missed when it does not move. */
const STEP = 5;
const LOOK_BACK = 21;

/**
 * Is this size one that the segment's own past and its owner explain? It has to be unusual, a share of the list, and
 * a number of people; numbers in, verdict out.
 */
export function judgeSize(c: SizeCase, limits: SizeLimits): SizeVerdict {
  const last = c.own.at(-1);
  if (last === undefined || last.verdict.expected === null) return { kind: "learning" };
  const { verdict, value } = last;
  const expected = verdict.expected ?? value;
  const growthLimit = c.owner === null ? limits.growth_share : limits.minimum_share;
  const enough = (from: number): boolean =>
    matters(value, from, value > from ? growthLimit : limits.minimum_share, limits.minimum_people);
  const alarm = verdict.score > limits.score || (verdict.open && verdict.score > CLOSE * limits.score);
  if (!alarm || verdict.test === null) return { kind: c.own.length <= FIRST ? "learning" : "fine" };
  if (verdict.test === "stale") {
    const stillToo = c.owner !== null && c.owner.at(-1)?.verdict.test === "stale";
    return verdict.points >= STILL && !stillToo && usualStep(c.own, verdict.points) >= STEP
      ? { kind: "still", value, readings: verdict.points + 1 }
      : { kind: "fine" };
  }
  if (verdict.test === "point") {
    if (!enough(expected) || alike(c.owner, value, expected)) return { kind: "fine" };
    return { kind: "jump", value, expected };
  }
  return lasting(c, last, enough);
}

/** Median of what the size changed by from reading to reading, before it stood still. */
function usualStep(own: readonly SizeReading[], still: number): number {
  const moving = own.slice(0, Math.max(0, own.length - still)).slice(-LOOK_BACK);
  const steps = moving.slice(1).map((r, i) => Math.abs(r.value - (moving[i]?.value ?? r.value)));
  return steps.length === 0 ? 0 : median(steps);
}

/** What adds up over readings is measured from where it began, on the same weekday where that is known. */
function lasting(c: SizeCase, last: SizeReading, enough: (from: number) => boolean): SizeVerdict {
  const start = Math.max(0, c.own.length - 1 - last.verdict.points);
  const since = c.own[start];
  if (since === undefined || start === c.own.length - 1) return { kind: "fine" };
  const before = c.own.slice(Math.max(0, start - 2), start + 1).map((r) => r.value);
  const expected = median(before);
  if (!enough(expected) || alikeSince(c.owner, since, last.value, expected)) return { kind: "fine" };
  const days = Math.max(1 / 24, (Date.parse(last.at) - Date.parse(since.at)) / DAY);
  const perDay = (Math.log(last.value + 0.5) - Math.log(expected + 0.5)) / days;
  return { kind: "drift", value: last.value, expected, since, perDay };
}

/** Both a share and a number of people; an empty list counts from ten people on. */
function matters(value: number, expected: number, share: number, people: number): boolean {
  const moved = Math.abs(value - expected);
  if (value === 0) return expected >= Math.min(people, 10);
  return moved >= people && moved >= expected * share;
}

/** Readings of the owner that a copy may still show: this run's and the ones before it, as far as a sync lags. */
const OWNER_READINGS = 3;
/** A copy that moved by this much more or less than its owner did not just follow it. */
const FOLLOWS = 0.05;

/** The owner moved the same way by about as much: the copy is right to follow, and the owner is judged by itself. */
function alike(owner: readonly SizeReading[] | null, value: number, expected: number): boolean {
  const off = Math.log((value + 0.5) / (expected + 0.5));
  return (owner ?? []).slice(-OWNER_READINGS).some((r) => {
    if (r.verdict.expected === null) return false;
    const ownerOff = Math.log((r.value + 0.5) / (r.verdict.expected + 0.5));
    return (
      ownerOff * off > 0 && Math.abs(ownerOff) >= Math.abs(off) / 2 && Math.abs(ownerOff - off) <= FOLLOWS
    );
  });
}

/** The owner moved by about as much since then, or did so until one of its last readings. */
function alikeSince(
  owner: readonly SizeReading[] | null,
  since: SizeReading,
  value: number,
  expected: number,
): boolean {
  if (owner === null) return false;
  const then = owner.filter((r) => r.at <= since.at).slice(-3);
  if (then.length === 0) return false;
  const from = median(then.map((r) => r.value));
  const off = Math.log((value + 0.5) / (expected + 0.5));
  return owner.slice(-OWNER_READINGS).some((r) => {
    const ownerOff = Math.log((r.value + 0.5) / (from + 0.5));
    return ownerOff * off > 0 && Math.abs(ownerOff - off) <= FOLLOWS;
  });
}
