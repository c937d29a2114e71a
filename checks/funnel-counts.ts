import type { CheckInput } from "../core/finding.ts";
import type { Snapshot } from "../core/model.ts";
import { writersOf } from "./cause.ts";
import { latencyBudgetHours } from "./freshness.ts";
import { latestComparison, metric } from "./readings.ts";
import { stuckPeople } from "./waiting.ts";

/**
 * source = suppressed + invalid + duplicate + rejected + pending + accepted + residual, in records of the owner.
 * What nobody tells is null, never 0; the residual is known only when all the others are.
 */
export type Funnel = {
  readonly source: number;
  /** Kept out on purpose: suppressed, ineligible, held out, or outside of what this copy is for. */
  readonly suppressed: number;
  readonly invalid: number;
  readonly duplicate: number;
  /** By the word of the jobs that fill this copy, in their last run; at most those who are missing. */
  readonly rejected: number | null;
  /** Missing, for no longer than the latency budget. */
  readonly pending: number;
  readonly accepted: number;
  /** More than nothing: people who are gone and whom nothing explains. */
  readonly residual: number | null;
};

/** @returns null: the owner's counts or this run's comparison do not tell */
export function funnelOf(input: CheckInput): Funnel | null {
  const { here } = latestComparison(input);
  const owner = input.ownerHistory.at(-1);
  if (here === null || owner?.runId !== input.runId || owner.coverage !== "complete") return null;
  const [source, size] = [metric(owner, "records"), metric(owner, "size")];
  const [invalid, duplicate] = [metric(owner, "invalid"), metric(owner, "duplicates")];
  const { expected, missing, settledMissing } = here;
  if (source === null || size === null || invalid === null || duplicate === null) return null;
  if (expected === null || missing === null || settledMissing === null) return null;
  const overdue = stuckPeople(input, 1, latencyBudgetHours(input) * 3_600_000)?.arriving ?? settledMissing;
  const failed = overdue === 0 ? 0 : failedRows(input);
  const rejected = failed === null ? null : Math.min(failed, overdue);
  const known = {
    source,
    suppressed: size - expected,
    invalid,
    duplicate,
    pending: missing - overdue,
    accepted: expected - missing,
  };
  const { suppressed, pending, accepted } = known;
  return {
    ...known,
    rejected,
    residual:
      rejected === null ? null : source - suppressed - invalid - duplicate - rejected - pending - accepted,
  };
}

/** Rows that the last run of each job could not write. null: it failed as a whole, a job does not tell, or none is known. */
function failedRows(input: CheckInput): number | null {
  const last = writersOf(input)
    .filter((w) => w.enabled)
    .map((w) => {
      const run = input.syncRuns.findLast((r) => r.job === w.name && r.state !== "running");
      return run?.state === "succeeded" ? run.rowsFailed : null;
    });
  return last.length === 0
    ? null
    : last.reduce<number | null>((sum, n) => (sum === null || n === null ? null : sum + n), 0);
}

export type Balance = { readonly expected: number; readonly counted: number };

/**
 * n(t) = n(t − 1) + entries − exits, against the complete scheduled reading before this one.
 *
 * @returns null: there is none, it was not the one counted against, or a count is not known
 */
export function balanceOf(history: readonly Snapshot[]): Balance | null {
  const latest = history.at(-1);
  if (latest === undefined || latest.coverage !== "complete") return null;
  const before = history
    .slice(0, -1)
    .findLast((s) => s.coverage === "complete" && s.ordinal !== null && s.epoch === latest.epoch);
  if (before === undefined || (latest.ordinal !== null && before.ordinal !== latest.ordinal - 1)) return null;
  const [was, entries, exits, counted] = [
    metric(before, "size"),
    metric(latest, "entries"),
    metric(latest, "exits"),
    metric(latest, "size"),
  ];
  if (was === null || entries === null || exits === null || counted === null) return null;
  return { expected: was + entries - exits, counted };
}

/** records = people + duplicates + records without a usable identity. */
export function recordsOf(s: Snapshot | undefined): Balance | null {
  const [records, size, duplicates, invalid] = [
    metric(s, "records"),
    metric(s, "size"),
    metric(s, "duplicates"),
    metric(s, "invalid"),
  ];
  if (records === null || size === null || duplicates === null || invalid === null) return null;
  return { expected: size + duplicates + invalid, counted: records };
}
