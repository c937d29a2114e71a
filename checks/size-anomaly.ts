import type { Check, CheckInput, Outcome } from "../core/finding.ts";
import { earlierComplete, latestComplete, metric, PASS, sizeReadings, skip } from "./readings.ts";
import { settingsOf } from "./settings.ts";
import { judgeSize, nothingNew, type SizeLimits } from "./size-judgement.ts";
import { coarseFinding, driftFinding, jumpFinding } from "./words/size.ts";

const DEFAULTS: SizeLimits = {
  minimum_people: 25,
  minimum_share: 0.05,
  growth_share: 0.15,
  drift_score: 4,
  learning_share: 0.4,
};

/** The size of a segment left its expected band, or drifts away from its trend or its owner. */
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

    const ownerLatest = input.ownerHistory.at(-1);
    const comparable =
      !input.isOwner && ownerLatest?.coverage === "complete" && ownerLatest.runId === latest.runId;
    const verdict = judgeSize(
      {
        own: sizeReadings(input.history, input.flagged),
        owner: comparable ? sizeReadings(input.ownerHistory, new Set()) : null,
        isOwner: input.isOwner,
        timezone: input.config.timezone,
      },
      settings,
    );
    switch (verdict.kind) {
      case "fine":
        return PASS;
      case "learning":
        return skip("learning");
      case "jump":
        return { status: "fail", findings: [jumpFinding(input, latest, earlier.at(-1), verdict)] };
      case "drift":
        return { status: "fail", findings: [driftFinding(input, verdict)] };
      case "unlike_last":
        return { status: "fail", findings: [coarseFinding(input, latest, earlier.at(-1), verdict)] };
    }
  },
};
