import type { Audience } from "../core/config.ts";
import type { Check, CheckInput, Outcome } from "../core/finding.ts";
import type { Snapshot } from "../core/model.ts";
import { CLOSE, eased, isLive } from "./live.ts";
import { latestComplete, metric, PASS, skip, training } from "./readings.ts";
import { settingsOf } from "./settings.ts";
import type { Share } from "./stats/proportion.ts";
import { risenShare } from "./stats/risen-share.ts";
import { duplicatesFinding } from "./words/duplicates.ts";

const DEFAULTS = {
  minimum_people: 10,
  minimum_share: 0.003,
  score: 1,
  readings: 4,
  /** From this share of the records on, duplicates are told whatever was usual. */
  always_share: 0.01,
};
/** Several records of one person in one list: more than usual, or more than any list should have. */
export const duplicates: Check = {
  name: "duplicates",
  defaults: DEFAULTS,
  run(input: CheckInput): Outcome {
    const given = settingsOf(input.config, "duplicates", DEFAULTS);
    if (!given.enabled) return skip("not_configured");
    const live = isLive(input, "duplicates", null);
    const settings = { ...eased(given, live), always_share: given.always_share * (live ? CLOSE : 1) };
    const { latest, skip: none } = latestComplete(input);
    if (latest === null) return none;
    const share = shareOf(latest, input.audience);
    if (share === null) return skip("not_readable");
    if (share.whole === 0) return PASS;
    const past = training(input).flatMap((s) => {
      const before = shareOf(s, input.audience);
      return before === null || before.whole === 0 ? [] : [before];
    });
    const { state, judged } = risenShare(past, share, settings);
    if (state === "high")
      return {
        status: "fail",
        findings: [duplicatesFinding(input, latest, share.part, share.whole, judged)],
      };
    return state === "usual" ? PASS : skip("learning");
  },
};

/** Records of one identity that carry different ids may be different people: `identity_conflict` tells of those. */
function shareOf(s: Snapshot, { identity }: Audience): Share | null {
  const part = metric(s, "duplicates");
  const whole = metric(s, "records");
  if (part === null || whole === null) return null;
  const [carried, by] =
    identity === "email"
      ? (["shared_inbox", "shared_inbox_addresses"] as const)
      : (["over_merge", "over_merge_ids"] as const);
  return { part: Math.max(0, part - ((metric(s, carried) ?? 0) - (metric(s, by) ?? 0))), whole };
}
