import type { Check, CheckInput, Outcome } from "../core/finding.ts";
import { PASS, skip } from "./readings.ts";
import { settingsOf } from "./settings.ts";
import { runFailureFinding } from "./words/run-failure.ts";

/**
 * The last reading is not complete, so nobody can tell. One finding per system, whatever the number of audiences:
 * `runChecks` merges them.
 */
export const runFailure: Check = {
  name: "run_failure",
  defaults: {},
  run(input: CheckInput): Outcome {
    if (!settingsOf(input.config, "run_failure", {}).enabled) return skip("not_configured");
    const latest = input.history.at(-1);
    if (latest === undefined || latest.runId !== input.runId) return skip("no_data");
    if (latest.coverage !== "complete")
      return { status: "fail", findings: [runFailureFinding(input, latest, [input.audience.title])] };
    const base = input.baseHistory.at(-1);
    if (base !== undefined && base.runId === latest.runId && base.coverage !== "complete") {
      return { status: "fail", findings: [runFailureFinding(input, base, [])] };
    }
    return PASS;
  },
};
