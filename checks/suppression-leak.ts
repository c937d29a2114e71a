import type { Check, CheckInput, Outcome } from "../core/finding.ts";
import { latestComparison, PASS, skip } from "./readings.ts";
import { settingsOf } from "./settings.ts";
import { suppressionLeakFinding } from "./words/consent.ts";

const DEFAULTS = { minimum_people: 1 };

/** People on a suppression list can be mailed from this system. One is enough, from the first comparison on. */
export const suppressionLeak: Check = {
  name: "suppression_leak",
  defaults: DEFAULTS,
  run(input: CheckInput): Outcome {
    const { enabled, minimum_people } = settingsOf(input.config, "suppression_leak", DEFAULTS);
    if (!enabled || input.audience.purpose !== "suppression") return skip("not_configured");
    const { here, skip: none } = latestComparison(input);
    if (here === null) return none;
    if (here.mailableOptedOut === null) return skip(input.system.sends ? "not_readable" : "not_configured");
    if (here.mailableOptedOut < Math.max(1, minimum_people)) return PASS;
    return { status: "fail", findings: [suppressionLeakFinding(input, here.mailableOptedOut)] };
  },
};
