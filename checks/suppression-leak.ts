import type { Comparison } from "../core/comparison.ts";
import type { Check, CheckInput, Outcome } from "../core/finding.ts";
import { latestComparison, PASS, skip } from "./readings.ts";
import { settingsOf } from "./settings.ts";
import { suppressionLeakFinding } from "./words/consent.ts";

const DEFAULTS = { minimum_people: 1 };

/**
 * People on a suppression list can be mailed from this system, or people who opted out in another system and are not on
 * the list yet. One is enough, from the first comparison on.
 */
export const suppressionLeak: Check = {
  name: "suppression_leak",
  defaults: DEFAULTS,
  run(input: CheckInput): Outcome {
    const { enabled, minimum_people } = settingsOf(input.config, "suppression_leak", DEFAULTS);
    if (!enabled || input.audience.purpose !== "suppression") return skip("not_configured");
    const { here, comparison, skip: none } = latestComparison(input);
    if (here === null) return none;
    const elsewhere = elsewhereIn(input, comparison);
    if (here.mailableOptedOut === null && elsewhere === 0)
      return skip(input.system.sends ? "not_readable" : "not_configured");
    const listed = here.mailableOptedOut ?? 0;
    if (listed + elsewhere < Math.max(1, minimum_people)) return PASS;
    return { status: "fail", findings: [suppressionLeakFinding(input, listed, elsewhere)] };
  },
};

const elsewhereIn = (input: CheckInput, { people }: Comparison): number =>
  people?.[input.system.id]?.optedOutElsewhere?.people ?? 0;
