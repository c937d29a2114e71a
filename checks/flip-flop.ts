import type { SystemDifference } from "../core/comparison.ts";
import type { Check, CheckInput, Finding, Outcome } from "../core/finding.ts";
import type { RunId } from "../core/model.ts";
import { FLIP_RETURNS, FLIP_WINDOW } from "../members/flips.ts";
import { diagnoseFlips } from "./flip-diagnosis.ts";
import { isOver } from "./flip-timeline.ts";
import { eased, isLive } from "./live.ts";
import { comparedBefore, latestComparison, PASS, skip } from "./readings.ts";
import { repairDuels } from "./repair-duel.ts";
import { settingsOf } from "./settings.ts";
import { learn, NO_BACKGROUND, type Returners, strangeness, withAtLeast } from "./stats/flip-background.ts";
import { flipFlopFinding } from "./words/flip-flop.ts";

const DEFAULTS = { minimum_people: 20, minimum_share: 0.001 };

/**
 * People who leave and return again and again: at least 3 returns, each within 4 daily or 12 hourly readings, in 20
 * complete ones, and clearly more such people than usually here. Whoever flips once the fight is over no longer counts. And people whom our
 * own repairs put right three times in seven days, who differ again: somebody else undoes the repair.
 */
export const flipFlop: Check = {
  name: "flip_flop",
  defaults: DEFAULTS,
  run(input: CheckInput): Outcome {
    const given = settingsOf(input.config, "flip_flop", DEFAULTS);
    if (!given.enabled) return skip("not_configured");
    const { here, skip: none } = latestComparison(input);
    if (here === null) return none;
    const flips = flipsOf(input, eased(given, isLive(input, "flip_flop", null)));
    const [first, ...more] = [...(flips === null ? [] : [flips]), ...repairDuels(input)];
    return first === undefined ? PASS : { status: "fail", findings: [first, ...more] };
  },
};

function flipsOf(input: CheckInput, settings: typeof DEFAULTS): Finding | null {
  const { fights, usual } = judged(input);
  const at = fights.findLast((f, i) => f !== null && i >= fights.length - KEPT) ?? null;
  if (at === null) return null;
  const { flipping, size, flips = null } = at.here;
  const enough = flipping >= settings.minimum_people && flipping >= size * settings.minimum_share;
  if (!enough || (flips !== null && isOver(flips, flipping))) return null;
  const end = input.history.findIndex((s) => s.runId === at.runId);
  const then = { ...input, history: input.history.slice(0, end + 1) };
  const diagnosis = diagnoseFlips(then, flipping, flips);
  return flipFlopFinding(input, { people: flipping, size, usual, counts: flips, diagnosis });
}

/** A slow fight has now three, now two returns in the window: it is told until it was not seen for so many readings. */
const KEPT = 5;

/** Comparisons made before returns were counted know only how many flip. */
const returnersOf = (d: SystemDifference): Returners => d.flips?.returners ?? [0, 0, d.flipping];

type Fight = { readonly runId: RunId; readonly here: SystemDifference };

/** Which comparisons show a fight; those before each teach what is usual here, fights left out. */
function judged(input: CheckInput): { fights: readonly (Fight | null)[]; usual: number } {
  let background = NO_BACKGROUND;
  const fights = comparedBefore(input).map(({ comparison, here }): Fight | null => {
    const now = returnersOf(here);
    const { fight } = strangeness(now, background);
    background = learn(background, now, fight, FLIP_WINDOW);
    return fight ? { runId: comparison.runId, here } : null;
  });
  return { fights, usual: withAtLeast(background.usual, FLIP_RETURNS) };
}
