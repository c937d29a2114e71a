import type { Check, CheckInput, Outcome } from "../core/finding.ts";
import { latestFigures } from "./people.ts";
import { PASS, skip } from "./readings.ts";
import { settingsOf } from "./settings.ts";
import { overSuppressionFinding } from "./words/over-suppression.ts";

const DEFAULTS = { minimum_people: 5 };

/**
 * People whom this system holds back although the owner of consent has a newer yes that they gave themselves. For
 * people to decide: nothing is lifted. A yes by an import or an API counts for nothing.
 */
export const overSuppression: Check = {
  name: "over_suppression",
  defaults: DEFAULTS,
  run(input: CheckInput): Outcome {
    const settings = settingsOf(input.config, "over_suppression", DEFAULTS);
    if (!settings.enabled || input.audience.purpose !== "suppression" || input.isOwner)
      return skip("not_configured");
    const { figures, skip: none } = latestFigures(input);
    if (figures === null) return none;
    const over = figures.overSuppressed;
    if (over === null) return skip("not_readable");
    const least = Math.max(1, settings.minimum_people);
    if (over.newer >= least) return { status: "fail", findings: [overSuppressionFinding(input, over)] };
    return over.undated >= least ? skip("not_collected") : PASS;
  },
};
