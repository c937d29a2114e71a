import type { Check, CheckInput, Outcome } from "../core/finding.ts";
import { comparedBefore, latestComparison, metric, PASS, skip } from "./readings.ts";
import { settingsOf } from "./settings.ts";
import { dropOf, judgeShare, type Share } from "./stats/proportion.ts";
import { usualOnes } from "./stats/usual-ones.ts";
import { matchRateFinding } from "./words/match-rate.ts";

const DEFAULTS = { minimum_people: 25, minimum_share: 0.02, score: 4, readings: 7 };
/** Older comparisons say little about today. */
const LOOK_BACK = 28;

/** Fewer of the owner's people exist anywhere in this system than usual. */
export const matchRate: Check = {
  name: "match_rate",
  defaults: DEFAULTS,
  run(input: CheckInput): Outcome {
    const settings = settingsOf(input.config, "match_rate", DEFAULTS);
    if (!settings.enabled || input.isOwner || input.audience.purpose === "suppression")
      return skip("not_configured");
    const { comparison, skip: none } = latestComparison(input);
    if (comparison === null) return none;
    const flaggedRuns = new Set(input.history.filter((s) => input.flagged.has(s.id)).map((s) => s.runId));
    const shares = comparedBefore(input).flatMap(({ comparison: c, here }): (Share & { now: boolean })[] => {
      const whole =
        c.perSystem[c.owner]?.size ??
        metric(
          input.ownerHistory.find((s) => s.runId === c.runId),
          "size",
        );
      if (here.matched === null || whole === null) return [];
      const now = c.runId === input.runId;
      return now || !flaggedRuns.has(c.runId) ? [{ part: here.matched, whole, now }] : [];
    });
    const now = shares.find((s) => s.now);
    if (now === undefined) return skip("not_readable");
    const dropped = (past: readonly Share[], share: Share) =>
      dropOf(judgeShare(past.slice(-LOOK_BACK), share), share, settings);
    const past = usualOnes(
      shares.filter((s) => !s.now),
      (before, s) => before.length >= settings.readings && dropped(before, s) !== null,
    );
    if (past.length < settings.readings) return skip("learning");
    const drop = dropped(past, now);
    return drop === null
      ? PASS
      : { status: "fail", findings: [matchRateFinding(input, now, drop.judged, drop.people)] };
  },
};
