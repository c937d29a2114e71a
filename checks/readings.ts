import type { Comparison, SystemDifference } from "../core/comparison.ts";
import type { CheckInput, Outcome, SkipReason } from "../core/finding.ts";
import type { MetricName, Snapshot } from "../core/model.ts";

export const skip = (because: SkipReason): Outcome & { status: "skip" } => ({ status: "skip", because });
export const PASS: Outcome = { status: "pass" };

/** Numerator of a metric; null when it is not known. */
export const metric = (s: Snapshot | undefined, name: MetricName): number | null =>
  s?.metrics[name]?.numerator ?? null;

/** The reading to judge: this run's, if it is complete. Otherwise why there is nothing to judge. */
export function latestComplete(
  input: CheckInput,
): { latest: Snapshot; skip: null } | { latest: null; skip: Outcome } {
  const latest = input.history.at(-1);
  if (latest === undefined || latest.runId !== input.runId) return { latest: null, skip: skip("no_data") };
  if (latest.coverage !== "complete") return { latest: null, skip: skip("partial") };
  return { latest, skip: null };
}

/** Complete readings before the last, oldest first. */
export const earlierComplete = (input: CheckInput): Snapshot[] =>
  input.history.slice(0, -1).filter((s) => s.coverage === "complete");

/** Earlier complete readings that may teach what is normal: scheduled or asked for, and not covered by an incident. */
export const training = (input: CheckInput): Snapshot[] =>
  earlierComplete(input).filter((s) => s.trigger !== "readback" && !input.flagged.has(s.id));

/** Comparisons in which this system took part, oldest first. */
export const comparedBefore = (input: CheckInput): { comparison: Comparison; here: SystemDifference }[] =>
  input.comparisons.flatMap((comparison) => {
    const here = comparison.perSystem[input.system.id];
    return here === undefined ? [] : [{ comparison, here }];
  });

/** This run's comparison with the owner, or why there is none. */
export function latestComparison(
  input: CheckInput,
):
  | { here: SystemDifference; comparison: Comparison; skip: null }
  | { here: null; comparison: null; skip: Outcome } {
  const none = (because: SkipReason) => ({ here: null, comparison: null, skip: skip(because) });
  const latest = input.history.at(-1);
  if (latest === undefined || latest.runId !== input.runId) return none("no_data");
  if (latest.coverage !== "complete") return none("partial");
  const comparison = input.comparisons.at(-1);
  const here = comparison?.perSystem[input.system.id];
  if (comparison?.runId === input.runId && here !== undefined) return { here, comparison, skip: null };
  const owner = input.ownerHistory.at(-1);
  return none(owner !== undefined && owner.coverage !== "complete" ? "owner_partial" : "no_data");
}
