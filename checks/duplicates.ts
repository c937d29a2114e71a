import type { Check, CheckInput, Outcome } from "../core/finding.ts";
import type { Snapshot } from "../core/model.ts";
import { latestComplete, metric, PASS, skip, training } from "./readings.ts";
import { settingsOf } from "./settings.ts";
import { judgeShare, type Share, type ShareJudgement } from "./stats/proportion.ts";
import { usualOnes } from "./stats/usual-ones.ts";
import { duplicatesFinding } from "./words/duplicates.ts";

const DEFAULTS = {
  minimum_people: 10,
  minimum_share: 0.003,
  score: 4,
  readings: 4,
  /** From this share of the records on, duplicates are told whatever was usual. */
  always_share: 0.01,
};
const LOOK_BACK = 28;

/** Several records of one person in one list: more than usual, or more than any list should have. */
export const duplicates: Check = {
  name: "duplicates",
  defaults: DEFAULTS,
  run(input: CheckInput): Outcome {
    const settings = settingsOf(input.config, "duplicates", DEFAULTS);
    if (!settings.enabled) return skip("not_configured");
    const { latest, skip: none } = latestComplete(input);
    if (latest === null) return none;
    const part = metric(latest, "duplicates");
    const whole = metric(latest, "records");
    if (part === null || whole === null) return skip("not_readable");
    if (whole === 0) return PASS;
    const risen = (before: readonly Share[], share: Share): ShareJudgement | null => {
      if (before.length < settings.readings) return null;
      const judged = judgeShare(before.slice(-LOOK_BACK), share);
      if (judged === null || judged.z < settings.score) return null;
      const grown = share.part - judged.usual * share.whole;
      return grown >= settings.minimum_people && grown >= share.whole * settings.minimum_share
        ? judged
        : null;
    };
    const past = usualOnes(training(input).flatMap(shareOf), (before, s) => risen(before, s) !== null);
    const learned = past.length >= settings.readings;
    const moved = risen(past, { part, whole });
    const many = part >= settings.minimum_people && part >= whole * settings.always_share;
    const judged = learned ? judgeShare(past.slice(-LOOK_BACK), { part, whole }) : null;
    if (moved !== null || many)
      return { status: "fail", findings: [duplicatesFinding(input, latest, part, whole, judged)] };
    return learned ? PASS : skip("learning");
  },
};

function shareOf(s: Snapshot): Share[] {
  const part = metric(s, "duplicates");
  const whole = metric(s, "records");
  return part === null || whole === null || whole === 0 ? [] : [{ part, whole }];
}
