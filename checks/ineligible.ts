import type { Check, CheckInput, Finding, Outcome } from "../core/finding.ts";
import { isHoldout, isPromotional, latestFigures, whyNotHeld } from "./people.ts";
import { PASS, skip } from "./readings.ts";
import { settingsOf } from "./settings.ts";
import { ineligibleFinding } from "./words/ineligible.ts";

const DEFAULTS = { minimum_people: 5 };

/**
 * People on an ineligible list (refunded, inactive trial) are in the copy of a promotional audience in a system that
 * sends, in two reads: a sync has had its time.
 */
export const ineligible: Check = {
  name: "ineligible",
  defaults: DEFAULTS,
  run(input: CheckInput): Outcome {
    const settings = settingsOf(input.config, "ineligible", DEFAULTS);
    const lists = input.config.audiences.filter((a) => a.purpose === "ineligible" && !isHoldout(input, a));
    if (!settings.enabled || !isPromotional(input.audience) || !input.system.sends || lists.length === 0)
      return skip("not_configured");
    const { figures, skip: none } = latestFigures(input);
    if (figures === null) return none;
    const least = Math.max(1, settings.minimum_people);
    const findings: Finding[] = [];
    let open: Outcome | null = null;
    for (const list of lists) {
      const kept = figures.keptOut[list.id];
      if (kept === undefined) open ??= whyNotHeld(input, list);
      else if (kept.settled >= least) findings.push(ineligibleFinding(input, list, kept));
      else if (kept.here >= least) open ??= skip("settling");
    }
    const [one, ...more] = findings;
    return one === undefined ? (open ?? PASS) : { status: "fail", findings: [one, ...more] };
  },
};
