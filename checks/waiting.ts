import type { Waits } from "../core/comparison.ts";
import type { CheckInput } from "../core/finding.ts";
import type { Snapshot } from "../core/model.ts";
import { quantileOf, turnbull, type Wait } from "./stats/turnbull.ts";

const HOUR_MS = 3_600_000;
/** Readings further apart than this are told to the hour, others to five minutes. */
const COARSE_MS = 4 * HOUR_MS;

export type Bounds = { readonly lowMs: number; readonly highMs: number };
/** One wait, and how many readings ago it ended or, for those who still wait, was last seen. */
type Seen = Wait & { readonly ago: number };
export type Delay = {
  /** By when half of the people, and 19 of 20, are as the owner says; `highMs` Infinity: they still wait. */
  readonly p50: Bounds;
  readonly p95: Bounds;
  /** People whose change was seen within the time looked at, those who still wait included. */
  readonly people: number;
  readonly waiting: number;
  /** People who surely waited longer than this, and did so within the last `readings`. */
  lateLately(ms: number, readings: number): number;
};

/** Complete readings that have a presence bit, oldest first; a manual one of this run counts as the newest. */
export const counted = (history: readonly Snapshot[], runId: string): readonly Snapshot[] =>
  history.filter((s) => s.coverage === "complete" && (s.ordinal !== null || s.runId === runId));

/** Comparisons looked at: long enough for a quantile, short enough that what was mended is forgotten. */
const LOOK_BACK = 14;

/**
 * How long changes of the owner take to show here, over the last readings. Each wait is known between bounds only: the change fell between two
 * readings of the owner, and showed between two readings here; who still waits has waited at least so long.
 *
 * @returns null: the comparisons do not tell, or nobody's change was seen
 */
export function delayOf(input: CheckInput): Delay | null {
  const owner = counted(input.ownerHistory, input.runId);
  const copies = counted(input.history, input.runId);
  const waits: Seen[] = [];
  const unit = unitOf(owner);
  const told = input.comparisons.slice(-LOOK_BACK).flatMap((c) => {
    const w = c.perSystem[input.system.id]?.waits;
    const at = owner.findIndex((s) => s.runId === c.runId);
    const here = copies.findIndex((s) => s.runId === c.runId);
    return w == null || at < 0 || here < 0 ? [] : [{ w, at, here, now: c.runId === input.runId }];
  });
  const first = told[0]?.at ?? 0;
  /** People whose change the owner showed `reads` readings before `at`, and the span in which it showed here. */
  const add = (at: number, reads: number, shownHere: readonly [number, number], people: number) => {
    const [before, shown] = [owner[at - reads - 1], owner[at - reads]];
    // of changes before the first comparison only the slow ones would be seen
    if (before === undefined || shown === undefined || at - reads < first) return;
    const low = round(Math.max(0, shownHere[0] - Date.parse(shown.takenAt)), unit);
    const high = round(shownHere[1] - Date.parse(before.takenAt), unit);
    waits.push({ low, high: Math.max(high, low + unit), people, ago: owner.length - 1 - at });
  };
  for (const { w, at, here, now } of told) {
    const [copy, before] = [copies[here], copies[here - 1]];
    if (copy === undefined) continue;
    const takenMs = Date.parse(copy.takenAt);
    // a manual reading counts the same people as the scheduled one after it
    if (before !== undefined && copy.ordinal !== null)
      for (const [reads, people] of totals(w.arrived, w.left))
        add(at, reads, [Date.parse(before.takenAt), takenMs], people);
    if (now)
      for (const [reads, people] of totals(w.arriving, w.leaving))
        add(at, reads, [takenMs, Number.POSITIVE_INFINITY], people);
  }
  const steps = turnbull(waits);
  const [p50, p95] = [quantileOf(steps, 0.5), quantileOf(steps, 0.95)];
  if (p50 === null || p95 === null) return null;
  const people = (of: (w: Seen) => boolean) => waits.filter(of).reduce((n, w) => n + w.people, 0);
  return {
    p50: { lowMs: p50.low, highMs: p50.high },
    p95: { lowMs: p95.low, highMs: p95.high },
    people: people(() => true),
    waiting: people((w) => w.high === Number.POSITIVE_INFINITY),
    lateLately: (ms, readings) => people((w) => w.low > ms && w.ago < readings),
  };
}

/** Both directions: who should be here and who should not are late by the same job. */
function totals(a: readonly number[], b: readonly number[]): [reads: number, people: number][] {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, i): [number, number] => [
    i,
    (a[i] ?? 0) + (b[i] ?? 0),
  ]).filter(([, n]) => n > 0);
}

/** Clock jitter of a few seconds would make every wait a kind of its own. */
function unitOf(readings: readonly Snapshot[]): number {
  const gaps = readings
    .slice(1)
    .map((s, i) => Date.parse(s.takenAt) - Date.parse(readings[i]?.takenAt ?? s.takenAt))
    .sort((a, b) => a - b);
  return (gaps[Math.floor(gaps.length / 2)] ?? COARSE_MS) >= COARSE_MS ? HOUR_MS : HOUR_MS / 12;
}

const round = (ms: number, unit: number): number => (Number.isFinite(ms) ? Math.round(ms / unit) * unit : ms);

export type Stuck = {
  readonly arriving: number;
  readonly leaving: number;
  /** Of whoever of them waits shortest, at least. */
  readonly waitedMs: number;
  readonly reads: number;
};

/**
 * People who have waited for at least `reads` readings in a row, this one included, and for longer than `longMs`.
 *
 * @returns null: this run's comparison does not tell
 */
export function stuckPeople(input: CheckInput, reads: number, longMs: number): Stuck | null {
  const waits = waitsNow(input);
  if (waits === null) return null;
  const owner = counted(input.ownerHistory, input.runId);
  const unit = unitOf(owner);
  // last seen waiting in the newest reading, first in the one `i` before it
  const seenMs = Date.parse(input.history.at(-1)?.takenAt ?? input.now);
  const since = (i: number): number => {
    const shown = owner.at(-1 - i);
    return shown === undefined ? Number.POSITIVE_INFINITY : round(seenMs - Date.parse(shown.takenAt), unit);
  };
  let from = Math.max(0, reads - 1);
  while (from < 32 && since(from) <= longMs) from++;
  const of = (counts: readonly number[]) => counts.slice(from).reduce((n, p) => n + p, 0);
  const known = since(from);
  return {
    arriving: of(waits.missing),
    leaving: of(waits.extra),
    waitedMs: Number.isFinite(known) ? known : longMs,
    reads: from + 1,
  };
}

/** Did changes get through in the last readings that the owner showed in them? Then the job runs, whoever else waits. */
export function overtaken(input: CheckInput, reads = 3): boolean {
  const lately = new Set(
    counted(input.history, input.runId)
      .slice(-reads)
      .map((s) => s.runId),
  );
  return input.comparisons.some((c) => {
    const w = lately.has(c.runId) ? c.perSystem[input.system.id]?.waits : null;
    return w != null && totals(w.arrived, w.left).some(([waited]) => waited < reads);
  });
}

function waitsNow(input: CheckInput): Waits | null {
  const comparison = input.comparisons.at(-1);
  return comparison?.runId === input.runId ? (comparison.perSystem[input.system.id]?.waits ?? null) : null;
}
