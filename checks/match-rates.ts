import type { Comparison, SystemDifference } from "../core/comparison.ts";
import type { CheckInput } from "../core/finding.ts";
import type { Measured, Snapshot } from "../core/model.ts";
import { writersOf } from "./cause.ts";
import { metric } from "./readings.ts";
import type { Share } from "./stats/proportion.ts";
import { endOf } from "./sync-runs.ts";

/** How well a count is known; a platform that buckets rounds to a digit or two. */
export type Quality = Measured["quality"];

/** `matched / accepted`: the platform's view. `told`: who says what was accepted. */
export type PlatformShare = Share & {
  readonly quality: Quality;
  readonly settled: boolean;
  readonly told: "vendor" | "sync";
};

/** A run that reads less than this part of the owner's records carried changes only: it says nothing of the whole. */
const WHOLE_LIST = 0.95;

/**
 * `matched / (source − suppressed − pending)`, which shows bad data: of the records that the owner has for this
 * system, duplicates and unusable ones included, the people that exist anywhere in it. Who is missing for the first
 * time may be on their way, and is in neither count.
 *
 * @param owner the owner's reading of the same run
 * @returns null: the base is not readable, or the comparison was made before this was counted
 */
export function sourceShare(here: SystemDifference, owner: Snapshot | undefined): Share | null {
  const { matchedDue, expected, missing, settledMissing } = here;
  if (matchedDue == null || expected === null || missing === null || settledMissing === null) return null;
  const unusable = (metric(owner, "invalid") ?? 0) + (metric(owner, "duplicates") ?? 0);
  return { part: matchedDue, whole: expected - (missing - settledMissing) + unusable };
}

/** The same as it was counted before `matchedDue`: of all the owner's people. */
export function plainShare(c: Comparison, here: SystemDifference, owner: Snapshot | undefined): Share | null {
  const whole = c.perSystem[c.owner]?.size ?? metric(owner, "size");
  return here.matched === null || whole === null ? null : { part: here.matched, whole };
}

/**
 * `matched / accepted`: the platform's own counts where it tells them, else people of the owner here against the rows
 * that the last run of the sync tool wrote, if that run read the whole list.
 *
 * @param here this system in the comparison of the same run, if there was one
 */
export function platformShare(
  input: Pick<CheckInput, "config" | "audience" | "system" | "syncRuns">,
  copy: Snapshot,
  here: SystemDifference | undefined,
  owner: Snapshot | undefined,
): PlatformShare | null {
  const { accepted, matched } = copy.metrics;
  if (accepted?.numerator != null && matched?.numerator != null && accepted.numerator > 0)
    return {
      part: matched.numerator,
      whole: accepted.numerator,
      quality: worse(accepted.quality, matched.quality),
      settled: accepted.settled && matched.settled,
      told: "vendor",
    };
  const records = metric(owner, "records") ?? metric(owner, "size");
  if (here === undefined || records === null) return null;
  const part =
    here.matchedDue ??
    (here.expected === null || here.missing === null ? null : here.expected - here.missing);
  const run = input.syncRuns
    .filter((r) => writersOf(input).some((w) => w.name === r.job))
    .findLast((r) => r.state === "succeeded" && endOf(r) <= copy.takenAt);
  if (part === null || run === undefined || run.rowsRead === null || !run.rowsWritten) return null;
  if (run.rowsRead < records * WHOLE_LIST) return null;
  return { part, whole: run.rowsWritten, quality: "estimated", settled: true, told: "sync" };
}

const ORDER: readonly Quality[] = ["exact", "estimated", "bucketed", "lower_bound"];
const worse = (a: Quality, b: Quality): Quality => (ORDER.indexOf(a) >= ORDER.indexOf(b) ? a : b);
