import type { Check, CheckInput, Finding, Outcome } from "../core/finding.ts";
import type { AttributeStates, Snapshot } from "../core/model.ts";
import { latestComplete, PASS, skip, training } from "./readings.ts";
import { settingsOf } from "./settings.ts";
import { dropOf, judgeShare, type Share } from "./stats/proportion.ts";
import { usualOnes } from "./stats/usual-ones.ts";
import { completenessFinding } from "./words/attributes.ts";

const DEFAULTS = { minimum_people: 25, minimum_share: 0.03, score: 4, readings: 4 };
const LOOK_BACK = 28;

/** A required attribute has fewer valid values than it used to. One finding per attribute. */
export const completeness: Check = {
  name: "completeness",
  defaults: DEFAULTS,
  run(input: CheckInput): Outcome {
    const settings = settingsOf(input.config, "completeness", DEFAULTS);
    const required = input.audience.requiredAttributes;
    if (!settings.enabled || required.length === 0) return skip("not_configured");
    const { latest, skip: none } = latestComplete(input);
    if (latest === null) return none;
    const past = training(input);
    const findings: Finding[] = [];
    let judgedAny = false;
    for (const attribute of required) {
      const now = latest.attributes[attribute];
      if (now === undefined || members(now) === 0) continue;
      const dropped = (before: readonly Share[], share: Share) =>
        dropOf(judgeShare(before.slice(-LOOK_BACK), share), share, settings);
      const shares = usualOnes(
        past.flatMap((s) => shareOf(s, attribute)),
        (before, s) => before.length >= settings.readings && dropped(before, s) !== null,
      );
      if (shares.length < settings.readings) continue;
      judgedAny = true;
      const drop = dropped(shares, { part: now.valid, whole: members(now) });
      if (drop !== null) findings.push(completenessFinding(input, attribute, now, drop.judged, drop.people));
    }
    const [first, ...more] = findings;
    if (first !== undefined) return { status: "fail", findings: [first, ...more] };
    return judgedAny ? PASS : skip(past.length < settings.readings ? "learning" : "not_readable");
  },
};

const members = (s: AttributeStates): number =>
  s.valid + s.null + s.empty + s.placeholder + s.invalid + s.missing;

function shareOf(s: Snapshot, attribute: string): Share[] {
  const states = s.attributes[attribute];
  return states === undefined || members(states) === 0
    ? []
    : [{ part: states.valid, whole: members(states) }];
}
