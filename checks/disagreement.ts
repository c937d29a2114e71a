import type { Check, CheckInput, Finding, Outcome } from "../core/finding.ts";
import { comparedBefore, latestComparison, PASS, skip } from "./readings.ts";
import { settingsOf } from "./settings.ts";
import { backlogFinding, type Differences, grownFinding } from "./words/disagreement.ts";

const DEFAULTS = {
  minimum_people: 5,
  minimum_share: 0.001,
  /** Of the first comparison, in which nothing can have been seen twice: below this it may be a sync under way. */
  first_share: 0.01,
};

/**
 * The copy holds other people than its owner says. What the first comparison finds is one backlog; afterwards only
 * growth beyond it is told, and only differences seen in two reads or older than the latency budget.
 */
export const disagreement: Check = {
  name: "disagreement",
  defaults: DEFAULTS,
  run(input: CheckInput): Outcome {
    const settings = settingsOf(input.config, "disagreement", DEFAULTS);
    if (!settings.enabled || input.isOwner) return skip("not_configured");
    const { here, skip: none } = latestComparison(input);
    if (here === null) return none;

    const expected = here.expected ?? here.size;
    const base = Math.max(1, expected, here.size);
    const counts = (d: Differences, share: number) =>
      d.missing + d.extra >= Math.max(settings.minimum_people, base * share);
    // Suppression is judged by its effect: whoever is missing from this list and can be mailed is told by
    // `suppression_leak`, and whoever cannot be mailed anyway is no difference that matters.
    const byEffect = input.audience.purpose === "suppression" && here.mailableOptedOut !== null;
    const all = { missing: byEffect ? 0 : (here.missing ?? 0), extra: here.extra };
    const compared = comparedBefore(input).length;
    const first = compared <= 1 && input.backlog?.raised !== true;
    if (first) {
      if (counts(all, settings.first_share)) return fail([backlogFinding(input, all, here, false)]);
      return all.missing + all.extra === 0 ? PASS : skip("settling");
    }

    const settled = { missing: byEffect ? 0 : (here.settledMissing ?? 0), extra: here.settledExtra };
    const known = { missing: input.backlog?.missing ?? 0, extra: input.backlog?.extra ?? 0 };
    const grown = {
      missing: Math.max(0, settled.missing - known.missing),
      extra: Math.max(0, settled.extra - known.extra),
    };
    const rest = { missing: settled.missing - grown.missing, extra: settled.extra - grown.extra };
    const findings: Finding[] = [];
    if (counts(grown, settings.minimum_share)) findings.push(grownFinding(input, grown, settled, here));
    // The second comparison is the first that knows what stays; from the third on the backlog is an old story.
    if (counts(rest, settings.minimum_share)) findings.push(backlogFinding(input, rest, here, compared > 2));
    return fail(findings);
  },
};

function fail(findings: readonly Finding[]): Outcome {
  const [one, ...more] = findings;
  return one === undefined ? PASS : { status: "fail", findings: [one, ...more] };
}
