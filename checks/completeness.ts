import type { Check, CheckInput, Finding, Outcome } from "../core/finding.ts";
import type { AttributeStates, Snapshot } from "../core/model.ts";
import { eased, isLive } from "./live.ts";
import { latestComplete, metric, PASS, skip, training } from "./readings.ts";
import { settingsOf } from "./settings.ts";
import { shareFall } from "./share-fall.ts";
import type { Share } from "./stats/proportion.ts";
import { completenessFinding } from "./words/attributes.ts";
import { ALL_REQUIRED, allRequiredFinding } from "./words/complete-all.ts";

const DEFAULTS = { minimum_people: 25, minimum_share: 0.03, score: 1, readings: 4 };

/**
 * A required attribute has fewer valid values than it used to: one finding per attribute. And strictly: fewer members
 * have all of them, told by itself only where no single attribute explains it.
 */
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
    let told = 0;
    for (const attribute of required) {
      const now = latest.attributes[attribute];
      if (now === undefined || members(now) === 0) continue;
      const fall = shareFall(
        past.flatMap((s) => shareOf(s, attribute)),
        { part: now.valid, whole: members(now) },
        eased(settings, isLive(input, "completeness", attribute)),
      );
      if (fall === "learning") continue;
      judgedAny = true;
      if (fall === null) continue;
      told += fall.people;
      findings.push(completenessFinding(input, attribute, now, fall.judged, fall.people));
    }
    const [strict] = required.length < 2 ? [] : strictShare(latest);
    if (strict !== undefined) {
      const limits = eased(settings, isLive(input, "completeness", ALL_REQUIRED));
      const fall = shareFall(past.flatMap(strictShare), strict, limits);
      if (fall !== "learning") judgedAny = true;
      if (fall !== null && fall !== "learning") {
        const more = fall.people - told;
        if (more >= Math.max(limits.minimum_people, limits.minimum_share * strict.whole))
          findings.push(allRequiredFinding(input, strict, fall));
      }
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

/** Members with every required attribute valid, of all; none where that was not counted. */
function strictShare(s: Snapshot): Share[] {
  const [part, whole] = [metric(s, "complete_all"), metric(s, "size")];
  return part === null || whole === null || whole === 0 ? [] : [{ part, whole }];
}
