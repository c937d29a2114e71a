import type { Check, CheckInput, Outcome } from "../core/finding.ts";
import { disagreement } from "./disagreement.ts";
import { latencyBudgetHours } from "./freshness.ts";
import { latestComplete, PASS, skip } from "./readings.ts";
import { settingsOf } from "./settings.ts";
import { latencyFinding } from "./words/latency.ts";

/** `factor`: how many latency budgets the oldest change may wait. `minimum_people`: one straggler is no late sync. */
const DEFAULTS = { factor: 2, minimum_people: 5 };

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

/** The oldest change that has not arrived here yet waits for longer than the budget. */
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
    if (pendingMs === null) return skip("not_readable");
    const budgetMs = latencyBudgetHours(input) * 3_600_000;
    if (pendingMs <= budgetMs * settings.factor) return PASS;
    const waiting = input.comparisons.at(-1)?.perSystem[input.system.id]?.settledMissing ?? 0;
    if (waiting < settings.minimum_people) return PASS;
    // Many people missing for long is a disagreement, which counts them; one incident tells of them, not two.
    if (disagreement.run(input).status === "fail") return skip("told_elsewhere");
    return { status: "fail", findings: [latencyFinding(input, latest, pendingMs, budgetMs)] };
  },
};
