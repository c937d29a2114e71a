import type { Check, CheckInput, Finding, Outcome, SkipReason } from "../core/finding.ts";
import type { Snapshot } from "../core/model.ts";
import { eased, isLive } from "./live.ts";
import { type PlatformShare, plainShare, platformShare, type Quality, sourceShare } from "./match-rates.ts";
import { comparedBefore, latestComparison, latestComplete, PASS, skip } from "./readings.ts";
import { settingsOf } from "./settings.ts";
import { shareFall } from "./share-fall.ts";
import type { Share } from "./stats/proportion.ts";
import {
  ABOVE_ALL,
  acceptedFinding,
  fanOutFinding,
  matchRateFinding,
  OF_ACCEPTED,
} from "./words/match-rate.ts";

const DEFAULTS = { minimum_people: 25, minimum_share: 0.02, score: 1, readings: 7 };
/** Of two reasons why neither rate was judged, the one that waiting mends. */
const REASONS = ["settling", "learning"] as const;
/** By how much counts of this quality may pass 100 % and mean nothing. */
const ROUNDING: Readonly<Record<Quality, number>> = {
  exact: 0,
  estimated: 0.02,
  bucketed: 0.1,
  lower_bound: 0,
};

/**
 * Fewer of the owner's people exist anywhere in this system than usual; or the platform finds fewer of the records that
 * it accepted, or more than it accepted.
 */
export const matchRate: Check = {
  name: "match_rate",
  defaults: DEFAULTS,
  run(input: CheckInput): Outcome {
    const settings = settingsOf(input.config, "match_rate", DEFAULTS);
    if (!settings.enabled || input.isOwner || input.audience.purpose === "suppression")
      return skip("not_configured");
    const { latest, skip: none } = latestComplete(input);
    if (latest === null) return none;
    const limitsOf = (subject: string | null) => eased(settings, isLive(input, "match_rate", subject));
    const findings: Finding[] = [];
    const whys: SkipReason[] = [];
    let judged = false;

    const source = sourceRates(input);
    if (source.now === null) whys.push(source.because);
    else {
      const fall = shareFall(source.past, source.now, limitsOf(null));
      if (fall === "learning") whys.push("learning");
      else judged = true;
      if (fall !== null && fall !== "learning")
        findings.push(matchRateFinding(input, source.now, fall.judged, fall.people));
    }

    const platform = platformRates(input, latest);
    if (platform.now !== null && !platform.now.settled) whys.push("settling");
    else if (platform.now !== null) {
      const { now } = platform;
      const above = now.part - now.whole;
      if (
        now.told === "vendor" &&
        above > now.whole * ROUNDING[now.quality] &&
        above >= limitsOf(ABOVE_ALL).minimum_people
      )
        findings.push(fanOutFinding(input, now));
      const fall = shareFall(platform.past, now, limitsOf(OF_ACCEPTED));
      if (fall === "learning") whys.push("learning");
      else judged = true;
      // the same people are lost to both rates: one finding tells of them
      if (fall !== null && fall !== "learning" && findings.length === 0)
        findings.push(acceptedFinding(input, now, fall));
    }
    const [first, ...more] = findings;
    if (first !== undefined) return { status: "fail", findings: [first, ...more] };
    return judged ? PASS : skip(REASONS.find((r) => whys.includes(r)) ?? whys[0] ?? "not_readable");
  },
};

const flaggedRuns = (input: CheckInput) =>
  new Set(input.history.filter((s) => input.flagged.has(s.id)).map((s) => s.runId));

const readIn = (history: readonly Snapshot[], runId: string) => history.find((s) => s.runId === runId);

/** Found of what the source has: as it is counted now, or the older way until enough readings are counted so. */
function sourceRates(
  input: CheckInput,
): { now: Share; past: readonly Share[] } | { now: null; because: SkipReason } {
  const { comparison, skip: none } = latestComparison(input);
  if (comparison === null) return { now: null, because: none.status === "skip" ? none.because : "no_data" };
  const flagged = flaggedRuns(input);
  const both = comparedBefore(input).flatMap(({ comparison: c, here }) => {
    const now = c.runId === input.runId;
    if (!now && flagged.has(c.runId)) return [];
    const owner = readIn(input.ownerHistory, c.runId);
    return [{ now, source: sourceShare(here, owner), plain: plainShare(c, here, owner) }];
  });
  const counted = both.filter((b) => b.source !== null).length;
  const pick = counted > both.length / 2 ? ("source" as const) : ("plain" as const);
  const now = both.find((b) => b.now)?.[pick] ?? null;
  if (now === null) return { now: null, because: "not_readable" };
  return { now, past: both.flatMap((b) => (b.now || b[pick] === null ? [] : [b[pick]])) };
}

function platformRates(
  input: CheckInput,
  latest: Snapshot,
): { now: PlatformShare | null; past: readonly PlatformShare[] } {
  const shareIn = (copy: Snapshot) =>
    platformShare(
      input,
      copy,
      input.comparisons.find((c) => c.runId === copy.runId)?.perSystem[input.system.id],
      readIn(input.ownerHistory, copy.runId),
    );
  const now = shareIn(latest);
  const past = input.history.flatMap((s) => {
    const share =
      s.id === latest.id || s.coverage !== "complete" || input.flagged.has(s.id) ? null : shareIn(s);
    return share === null || !share.settled || share.told !== now?.told ? [] : [share];
  });
  return { now, past };
}
