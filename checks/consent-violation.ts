import type { Comparison } from "../core/comparison.ts";
import type { Audience } from "../core/config.ts";
import type { Check, CheckInput, Outcome } from "../core/finding.ts";
import { whyNotHeld } from "./people.ts";
import { latestComparison, PASS, skip } from "./readings.ts";
import { settingsOf } from "./settings.ts";
import { consentViolationFinding } from "./words/consent.ts";

const DEFAULTS = { minimum_people: 1 };

/**
 * Members of this segment can be mailed although they opted out: another system of the audience says so, or they are on
 * a suppression list that `suppression_leak` does not hold against this system, since it has no copy here or the system's
 * base was not read. A list that could not be held against this copy at all leaves it open.
 */
export const consentViolation: Check = {
  name: "consent_violation",
  defaults: DEFAULTS,
  run(input: CheckInput): Outcome {
    const { enabled, minimum_people } = settingsOf(input.config, "consent_violation", DEFAULTS);
    if (!enabled || input.audience.purpose === "suppression") return skip("not_configured");
    const { here, comparison, skip: none } = latestComparison(input);
    if (here === null) return none;
    const lists = unguardedHere(input);
    const suppressed = suppressedHere(input, lists, comparison);
    if (suppressed === null && here.consentConflict === null)
      return skip(input.system.sends ? "not_readable" : "not_configured");
    const total = (suppressed ?? 0) + (here.consentConflict ?? 0);
    if (total < Math.max(1, minimum_people)) {
      const kept = comparison.people?.[input.system.id]?.keptOut;
      const open = kept === undefined ? undefined : lists.find((l) => kept[l.id] === undefined);
      return open === undefined ? PASS : whyNotHeld(input, open);
    }
    return {
      status: "fail",
      findings: [consentViolationFinding(input, total, { suppressed, conflict: here.consentConflict })],
    };
  },
};

/** Suppression lists whose leaks into this system nothing else tells of. */
function unguardedHere(input: CheckInput): readonly Audience[] {
  const base = input.baseHistory.at(-1);
  const seesEverybody = base?.runId === input.runId && base.coverage === "complete";
  return input.config.audiences.filter(
    (a) =>
      a.purpose === "suppression" && !(seesEverybody && a.segments.some((s) => s.system === input.system.id)),
  );
}

/** Members on such a list who can be mailed; somebody on two of them counts once where that can be known. */
function suppressedHere(
  input: CheckInput,
  lists: readonly Audience[],
  comparison: Comparison,
): number | null {
  const all = comparison.perSystem[input.system.id]?.mailableOptedOut ?? null;
  if (lists.length === 0) return 0;
  const kept = comparison.people?.[input.system.id]?.keptOut;
  if (all === null || kept === undefined) return all;
  const each = lists.reduce((n, list) => n + (kept[list.id]?.mailable ?? 0), 0);
  return Math.min(all, each);
}
