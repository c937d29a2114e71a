import type { EndState } from "../core/repair.ts";
import { changes, people, percent } from "./words.ts";

export type Tally = Readonly<Record<EndState, number>>;
export const emptyTally = (): Record<EndState, number> => ({
  applied: 0,
  already_so: 0,
  skipped_consent: 0,
  skipped_drift: 0,
  failed: 0,
  unknown: 0,
});

/** A handful of failures is a handful of people; five and a share are a pattern. */
const AT_LEAST = 5;
const FAILED_SHARE = 0.01;
const DRIFT_SHARE = 0.02;
/** One person who changed is skipped by themselves; from two on it is the plan that is old. */
const DRIFTED = 2;

/**
 * Should the apply stop by itself? In words, or null. Measured on the changes that have ended, so that a bad start
 * stops it early. An outcome that nobody can know counts as failed.
 */
export function tripped(t: Tally, loosenedPeople: number): string | null {
  if (loosenedPeople > 0)
    return `consent was loosened for ${people(loosenedPeople)}; look at the system before anything else`;
  const ended = Object.values(t).reduce((a, b) => a + b, 0);
  const failed = t.failed + t.unknown;
  if (failed >= AT_LEAST && failed / ended > FAILED_SHARE) {
    return `${failed} of ${changes(ended)} failed; the limit is ${percent(FAILED_SHARE)}`;
  }
  return null;
}

/** Is the plan out of date? In words, or null. */
export function drifted(skipped: number, total: number): string | null {
  if (skipped < DRIFTED || skipped / total <= DRIFT_SHARE) return null;
  return `${skipped} of ${people(total)} changed since the read; the limit is ${percent(DRIFT_SHARE)}`;
}
