import type { FlipCounts } from "../core/comparison.ts";
import type { CheckInput } from "../core/finding.ts";
import type { Instant, Snapshot } from "../core/model.ts";

/** From one reading to the next: how many flipping members came and went in between. */
export type FlipStep = {
  readonly from: Instant;
  readonly to: Instant;
  readonly entries: number;
  readonly exits: number;
  readonly before: Snapshot;
  readonly read: Snapshot;
};

/** The readings behind the counts, oldest first; empty when they are no longer all known. */
export function flipSteps(input: CheckInput, counts: FlipCounts): readonly FlipStep[] {
  const latest = input.history.at(-1);
  const reads = input.history
    .filter((s) => s.coverage === "complete" && s.epoch === latest?.epoch)
    .filter((s) => s.ordinal !== null || s === latest)
    .slice(-counts.reads);
  if (reads.length < counts.reads) return [];
  return counts.entries.flatMap((entries, i) => {
    const [before, read] = [reads[i], reads[i + 1]];
    if (before === undefined || read === undefined) return [];
    return [{ from: before.takenAt, to: read.takenAt, entries, exits: counts.exits[i] ?? 0, before, read }];
  });
}

const total = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
export const movesOf = (steps: readonly FlipStep[]): number => total(steps.map((s) => s.entries + s.exits));

/** Share of all coming and going that falls into the steps that `fits` is true of; 0 without any. */
export function shareOf(steps: readonly FlipStep[], fits: (s: FlipStep) => boolean): number {
  const all = movesOf(steps);
  return all === 0 ? 0 : movesOf(steps.filter(fits)) / all;
}

const WEEK_HOURS = 168;

/** Returns a week, from those of the window, since somebody first moved in it. */
export function aWeek(returns: number, counts: FlipCounts): number {
  const began = counts.entries.findIndex((n, i) => n + (counts.exits[i] ?? 0) > 0);
  const steps = counts.entries.length - Math.max(0, began);
  return Math.round((returns * WEEK_HOURS) / (counts.hours * Math.max(1, steps)));
}

/** Three returns in 20 readings come at most this far apart: who is quiet for longer has stopped. */
const QUIET_READS = 7;

/** Has the fight ended, though its returns are still in the window? */
export function isOver(counts: FlipCounts, flipping: number): boolean {
  if (counts.reads <= QUIET_READS) return false;
  const latest = [...counts.entries.slice(-QUIET_READS), ...counts.exits.slice(-QUIET_READS)];
  return total(latest) < 0.2 * flipping;
}
