import type { KeptOut } from "../core/comparison.ts";
import type { Audience } from "../core/config.ts";
import type { Check, CheckInput, Outcome } from "../core/finding.ts";
import { latestFigures, whyNotHeld } from "./people.ts";
import { PASS, skip } from "./readings.ts";
import { settingsOf } from "./settings.ts";
import { sampleRatio } from "./stats/sample-ratio.ts";
import { leakageFinding, ratioFinding } from "./words/holdout.ts";

const DEFAULTS = {
  /** Held out and in the copy, in two reads. */
  minimum_people: 5,
  minimum_share: 0.001,
  /** Chi-square with one degree of freedom; 10.83 is one chance in a thousand. */
  ratio_score: 10.83,
  /** Of the planned share. */
  ratio_share: 0.02,
  ratio_people: 25,
  /** People in the audience, held out or not. */
  ratio_volume: 1000,
};
type Settings = typeof DEFAULTS;

/**
 * People who are held out on purpose are in a copy all the same (leakage), or the owner holds out another share than
 * was planned (sample-ratio mismatch). Either spoils what the holdout is to measure.
 */
export const holdout: Check = {
  name: "holdout",
  defaults: DEFAULTS,
  run(input: CheckInput): Outcome {
    const settings = settingsOf(input.config, "holdout", DEFAULTS);
    const list = input.config.audiences.find((a) => a.id === input.audience.holdout);
    if (!settings.enabled || list === undefined) return skip("not_configured");
    if (input.isOwner && input.audience.holdoutShare === undefined) return skip("not_configured");
    const { figures, here, skip: none } = latestFigures(input);
    if (figures === null) return none;
    const kept = figures.keptOut[list.id];
    if (kept === undefined) return whyNotHeld(input, list);
    return input.isOwner
      ? ratio(input, list, kept, here.size, settings)
      : leakage(input, list, kept, settings);
  },
};

function leakage(input: CheckInput, list: Audience, kept: KeptOut, s: Settings): Outcome {
  const least = Math.max(1, s.minimum_people, kept.of * s.minimum_share);
  if (kept.settled >= least) return { status: "fail", findings: [leakageFinding(input, list, kept)] };
  return kept.here >= least ? skip("settling") : PASS;
}

/**
 * Who is held out, of all who could have been: where the owner's list still has them, those on both; where its rule
 * leaves them out already, the whole holdout, if it is this audience's alone.
 */
function ratio(input: CheckInput, list: Audience, kept: KeptOut, size: number, s: Settings): Outcome {
  const planned = input.audience.holdoutShare;
  const inside = kept.here * 2 >= kept.of;
  const shared = input.config.audiences.filter((a) => a.holdout === list.id).length > 1;
  if (planned === undefined || (!inside && shared)) return skip("not_configured");
  const held = inside ? kept.here : kept.of;
  const treated = size - kept.here;
  if (held + treated < s.ratio_volume) return skip("learning");
  const judged = sampleRatio(held, treated, planned);
  if (judged === null) return skip("no_data");
  const off = Math.abs(judged.share - planned);
  const wrong = off * (held + treated);
  if (judged.chiSquare < s.ratio_score || off < planned * s.ratio_share || wrong < s.ratio_people)
    return PASS;
  return { status: "fail", findings: [ratioFinding(input, list, { held, treated, planned, ...judged })] };
}
