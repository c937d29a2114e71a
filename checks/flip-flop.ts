import type { Check, CheckInput, Outcome } from "../core/finding.ts";
import { latestComparison, PASS, skip } from "./readings.ts";
import { settingsOf } from "./settings.ts";
import { flipFlopFinding } from "./words/flip-flop.ts";

const DEFAULTS = { minimum_people: 20, minimum_share: 0.001 };

/** People who leave and return again and again (at least 4 changes in 16 complete reads); two writers make it a duel. */
export const flipFlop: Check = {
  name: "flip_flop",
  defaults: DEFAULTS,
  run(input: CheckInput): Outcome {
    const settings = settingsOf(input.config, "flip_flop", DEFAULTS);
    if (!settings.enabled) return skip("not_configured");
    const { here, skip: none } = latestComparison(input);
    if (here === null) return none;
    if (here.flipping < settings.minimum_people || here.flipping < here.size * settings.minimum_share)
      return PASS;
    return { status: "fail", findings: [flipFlopFinding(input, here.flipping, here.size)] };
  },
};
