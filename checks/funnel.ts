import type { Check, CheckInput, Finding, Outcome } from "../core/finding.ts";
import { disagreement } from "./disagreement.ts";
import { balanceOf, funnelOf, recordsOf } from "./funnel-counts.ts";
import { latestComparison, latestComplete, PASS, skip } from "./readings.ts";
import { settingsOf } from "./settings.ts";
import { balanceFinding, lossFinding, recordsFinding } from "./words/funnel.ts";

const DEFAULTS = { minimum_people: 25, minimum_share: 0.005 };

/**
 * Does everybody whom the owner has end somewhere that is known? And do the counts of this copy add up from one
 * reading to the next? A residual of the first is people lost without a word, of the second a fault of the counts.
 */
export const funnel: Check = {
  name: "funnel",
  defaults: DEFAULTS,
  run(input: CheckInput): Outcome {
    const settings = settingsOf(input.config, "funnel", DEFAULTS);
    if (!settings.enabled) return skip("not_configured");
    const { latest, skip: none } = latestComplete(input);
    if (latest === null) return none;

    const broken: Finding[] = [];
    const balance = balanceOf(input.history);
    if (balance !== null && balance.counted !== balance.expected)
      broken.push(balanceFinding(input, latest, balance));
    const records = recordsOf(latest);
    if (records !== null && records.counted !== records.expected)
      broken.push(recordsFinding(input, latest, records));
    const [first, ...more] = broken;
    // what does not add up says nothing of people
    if (first !== undefined) return { status: "fail", findings: [first, ...more] };
    if (input.isOwner) return balance === null ? skip("learning") : PASS;

    // A suppression is judged by its effect: whoever is missing from its list and can be mailed is a leak.
    if (input.audience.purpose === "suppression") return skip("told_elsewhere");
    const { here, skip: uncompared } = latestComparison(input);
    if (here === null) return uncompared;
    const counts = funnelOf(input);
    if (counts === null) return skip("not_readable");
    if (counts.residual === null) return skip("not_collected");
    const expected = counts.source - counts.suppressed;
    const lost = counts.residual - (input.backlog?.missing ?? 0);
    if (lost < Math.max(settings.minimum_people, settings.minimum_share * expected)) return PASS;
    // the same people, and it adds that nothing explains them
    if (disagreement.run(input).status === "fail") return skip("told_elsewhere");
    return { status: "fail", findings: [lossFinding(input, counts, counts.residual)] };
  },
};
