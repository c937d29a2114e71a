import type { Check, CheckInput, CheckResult, Finding } from "../core/finding.ts";
import { attributeShift } from "./attribute-shift.ts";
import { explained } from "./attributed-cause.ts";
import { completeness } from "./completeness.ts";
import { consentExposure } from "./consent-exposure.ts";
import { consentViolation } from "./consent-violation.ts";
import { deliverability } from "./deliverability.ts";
import { disagreement } from "./disagreement.ts";
import { duplicates } from "./duplicates.ts";
import { exclusiveOverlap } from "./exclusive-overlap.ts";
import { flipFlop } from "./flip-flop.ts";
import { freshness } from "./freshness.ts";
import { funnel } from "./funnel.ts";
import { holdout } from "./holdout.ts";
import { identityConflict } from "./identity-conflict.ts";
import { ineligible } from "./ineligible.ts";
import { latency } from "./latency.ts";
import { matchRate } from "./match-rate.ts";
import { overSegmentation } from "./over-segmentation.ts";
import { overSuppression } from "./over-suppression.ts";
import { runFailure } from "./run-failure.ts";
import { schemaDrift } from "./schema-drift.ts";
import { sensitiveAttribute } from "./sensitive-attribute.ts";
import { onePerCause } from "./siblings.ts";
import { sizeAnomaly } from "./size-anomaly.ts";
import { stuckMembers } from "./stuck-members.ts";
import { suppressionLeak } from "./suppression-leak.ts";
import { syncFailure } from "./sync-failure.ts";
import { unmappedScope } from "./unmapped-scope.ts";
import { cannotTell } from "./words/run-failure.ts";

/** Suppression first, then what cannot be told, then the rest. */
export const ALL_CHECKS: readonly Check[] = [
  suppressionLeak,
  consentViolation,
  consentExposure,
  overSuppression,
  unmappedScope,
  runFailure,
  sizeAnomaly,
  disagreement,
  funnel,
  freshness,
  schemaDrift,
  completeness,
  attributeShift,
  matchRate,
  flipFlop,
  duplicates,
  identityConflict,
  overSegmentation,
  latency,
  stuckMembers,
  deliverability,
  syncFailure,
  ineligible,
  holdout,
  exclusiveOverlap,
  sensitiveAttribute,
];

/** Every check over every segment, in the order of the inputs. Pure: the same inputs give the same results. */
export function runChecks(
  inputs: readonly CheckInput[],
  checks: readonly Check[] = ALL_CHECKS,
): CheckResult[] {
  const results = inputs.flatMap((input) =>
    checks.map(
      (check): CheckResult => ({
        check: check.name,
        audience: input.audience.id,
        system: input.system.id,
        outcome: explained(input, check.run(input)),
      }),
    ),
  );
  return onePerCause(onePerSystem(results, inputs), inputs);
}

/** A system that could not be read says so once, with all the audiences that it leaves open. */
function onePerSystem(results: readonly CheckResult[], inputs: readonly CheckInput[]): CheckResult[] {
  const failed = new Map<string, { finding: Finding; audiences: string[] }>();
  for (const r of results) {
    if (r.check !== "run_failure" || r.outcome.status !== "fail") continue;
    const [finding] = r.outcome.findings;
    const input = inputs.find((i) => i.audience.id === r.audience && i.system.id === r.system);
    const unread =
      input !== undefined && input.history.at(-1)?.coverage !== "complete" ? [input.audience.title] : [];
    const known = failed.get(r.system);
    // A whole audience that was not read says more than the system's base alone.
    if (known === undefined) failed.set(r.system, { finding, audiences: unread });
    else
      failed.set(r.system, {
        finding: known.audiences.length > 0 ? known.finding : finding,
        audiences: [...known.audiences, ...unread],
      });
  }
  return results.map((r) => {
    const merged =
      r.check === "run_failure" && r.outcome.status === "fail" ? failed.get(r.system) : undefined;
    if (merged === undefined || merged.audiences.length < 2) {
      return merged === undefined ? r : { ...r, outcome: { status: "fail", findings: [merged.finding] } };
    }
    const title = inputs.find((i) => i.system.id === r.system)?.system.title ?? r.system;
    const finding: Finding = {
      ...merged.finding,
      means: cannotTell(title, merged.audiences, ""),
      maths: { ...merged.finding.maths, Audiences: merged.audiences.join(", ") },
    };
    return { ...r, outcome: { status: "fail", findings: [finding] } };
  });
}
