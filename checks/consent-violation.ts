import type { Check, CheckInput, Outcome } from "../core/finding.ts";
import { latestComparison, PASS, skip } from "./readings.ts";
import { settingsOf } from "./settings.ts";
import { consentViolationFinding } from "./words/consent.ts";

const DEFAULTS = { minimum_people: 1 };

/**
 * Members of this segment can be mailed although they opted out: another system of the audience says so, or they are on
 * a suppression list that has no segment of its own in this system (where it has, `suppression_leak` tells it once).
 */
export const consentViolation: Check = {
  name: "consent_violation",
  defaults: DEFAULTS,
  run(input: CheckInput): Outcome {
    const { enabled, minimum_people } = settingsOf(input.config, "consent_violation", DEFAULTS);
    if (!enabled || input.audience.purpose === "suppression") return skip("not_configured");
    const { here, skip: none } = latestComparison(input);
    if (here === null) return none;
    const suppressed = guardedHere(input) ? 0 : here.mailableOptedOut;
    if (suppressed === null && here.consentConflict === null)
      return skip(input.system.sends ? "not_readable" : "not_configured");
    const total = (suppressed ?? 0) + (here.consentConflict ?? 0);
    if (total < Math.max(1, minimum_people)) return PASS;
    return {
      status: "fail",
      findings: [consentViolationFinding(input, total, { suppressed, conflict: here.consentConflict })],
    };
  },
};

const guardedHere = (input: CheckInput): boolean =>
  input.config.audiences.some(
    (a) => a.purpose === "suppression" && a.segments.some((s) => s.system === input.system.id),
  );
