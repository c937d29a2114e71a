import type { Check, CheckInput, Outcome } from "../core/finding.ts";
import { CLOSE, eased, isLive } from "./live.ts";
import { earlierComplete, latestComplete, metric, PASS, skip } from "./readings.ts";
import { settingsOf } from "./settings.ts";
import { judgeSize, type SizeLimits } from "./size-judgement.ts";
import { nothingNew } from "./sizes.ts";
import { driftFinding, jumpFinding, stillFinding } from "./words/size.ts";

const DEFAULTS: SizeLimits = { minimum_people: 25, minimum_share: 0.05, growth_share: 0.15, score: 1 };

/** The size of a segment left its expected band, drifts away from where it was, or stopped moving. */
export const sizeAnomaly: Check = {
  name: "size_anomaly",
  defaults: DEFAULTS,
  run(input: CheckInput): Outcome {
    const settings = settingsOf(input.config, "size_anomaly", DEFAULTS);
    if (!settings.enabled) return skip("not_configured");
    const { latest, skip: none } = latestComplete(input);
    if (latest === null) return none;
    if (metric(latest, "size") === null) return skip("not_readable");
    const earlier = earlierComplete(input);
    // The same data again: yesterday's verdict stands. `freshness` tells when that lasts too long.
    if (nothingNew(latest, earlier.at(-1))) return skip("no_data");
    const own = input.sizes;
    if (own.at(-1)?.id !== latest.id) return skip("no_data");

    const ownerLatest = input.ownerHistory.at(-1);
    const comparable =
      !input.isOwner && ownerLatest?.coverage === "complete" && ownerLatest.runId === latest.runId;
    const live = isLive(input, "size_anomaly", null);
    const limits = {
      ...eased(settings, live),
      growth_share: settings.growth_share * (live ? CLOSE : 1),
      // the stream remembers by itself that its alarm is on
      score: settings.score,
    };
    const verdict = judgeSize({ own, owner: comparable ? input.ownerSizes : null }, limits);
    switch (verdict.kind) {
      case "fine":
        return own.at(-1)?.verdict.newNormal === true
          ? { status: "pass", because: "This is the new normal: the readings of six days agree on it" }
          : PASS;
      case "learning":
        return skip("learning");
      case "jump":
        return { status: "fail", findings: [jumpFinding(input, latest, earlier.at(-1), verdict)] };
      case "drift":
        return { status: "fail", findings: [driftFinding(input, verdict)] };
      case "still":
        return { status: "fail", findings: [stillFinding(input, verdict)] };
    }
  },
};
