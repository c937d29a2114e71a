import type { Check, CheckInput, Outcome } from "../core/finding.ts";
import { disagreement } from "./disagreement.ts";
import { latencyBudgetHours } from "./freshness.ts";
import { latestComplete, PASS, skip } from "./readings.ts";
import { settingsOf } from "./settings.ts";
import { delayOf, overtaken } from "./waiting.ts";
import { latencyFinding } from "./words/latency.ts";

const DEFAULTS = {
  /** How many latency budgets the oldest change may wait. */
  factor: 2,
  /** One straggler is no late sync. */
  minimum_people: 5,
  /** Below so many changes seen, no quantile is judged. */
  minimum_seen: 20,
};
/** Late ones must have been among the last readings: what was mended is an old story. */
const LATELY = 3;

/**
 * Milliseconds that the longest-waiting change has waited, at least: it came between two readings of the owner, and
 * is counted from the later one. null: this run compared nothing here, or the history does not reach back so far.
 */
function oldestPendingMs(input: CheckInput): number | null {
  const comparison = input.comparisons.at(-1);
  if (comparison?.runId !== input.runId) return null;
  const reads = comparison.perSystem[input.system.id]?.oldestPendingReads ?? null;
  if (reads === null || reads === 0) return reads;
  // presence bits belong to complete scheduled readings; the one of this run may be a manual one
  const counted = input.ownerHistory.filter(
    (s) => s.coverage === "complete" && (s.ordinal !== null || s.runId === input.runId),
  );
  const since = counted.at(-reads);
  return since === undefined ? null : Date.parse(input.now) - Date.parse(since.takenAt);
}

/**
 * The job that fills this copy is late: 19 of 20 changes surely take longer than the budget, or the oldest change
 * waits for longer than twice of it and none of the later ones got through either. Where later ones did, some people
 * are stuck, which is another check's to tell.
 */
export const latency: Check = {
  name: "latency",
  defaults: DEFAULTS,
  run(input: CheckInput): Outcome {
    const settings = settingsOf(input.config, "latency", DEFAULTS);
    if (!settings.enabled || input.isOwner) return skip("not_configured");
    // Suppression is judged by its effect: whoever has to be suppressed and can still be mailed is a leak at once.
    if (input.audience.purpose === "suppression") return skip("told_elsewhere");
    const { latest, skip: none } = latestComplete(input);
    if (latest === null) return none;
    const pendingMs = oldestPendingMs(input);
    const delay = delayOf(input);
    if (pendingMs === null && delay === null) return skip("not_readable");
    const budgetMs = latencyBudgetHours(input) * 3_600_000;

    const waiting = input.comparisons.at(-1)?.perSystem[input.system.id]?.settledMissing ?? 0;
    const oldest =
      pendingMs !== null &&
      pendingMs > budgetMs * settings.factor &&
      waiting >= settings.minimum_people &&
      !overtaken(input);
    const slow =
      delay !== null &&
      delay.people >= settings.minimum_seen &&
      delay.p95.lowMs > budgetMs &&
      delay.lateLately(budgetMs, LATELY) >= settings.minimum_people;
    if (!oldest && !slow) return PASS;
    // Many people missing for long is a disagreement, which counts them; one incident tells of them, not two.
    if (disagreement.run(input).status === "fail") return skip("told_elsewhere");
    return {
      status: "fail",
      findings: [latencyFinding(input, latest, { pendingMs, budgetMs, delay, slow })],
    };
  },
};
