import type { Check, CheckInput, Finding, Outcome } from "../core/finding.ts";
import type { MetricName, Snapshot } from "../core/model.ts";
import { metric, PASS, skip, training } from "./readings.ts";
import { settingsOf } from "./settings.ts";
import type { Share } from "./stats/proportion.ts";
import { risenShare } from "./stats/risen-share.ts";
import { lookAlikeFinding, type Place, sharedFinding } from "./words/identity-conflict.ts";

const DEFAULTS = {
  minimum_people: 10,
  minimum_share: 0.003,
  score: 1,
  readings: 4,
  /** From this share of the people on it is told whatever was usual. */
  always_share: 0.01,
  /** So many on one inbox or id are no family and no old address: told however small their share. */
  one_carries: 25,
  look_alike_people: 1,
};
type Settings = typeof DEFAULTS;

const KINDS = ["shared_inbox", "over_merge"] as const;

/**
 * An e-mail address with many customer ids, a customer id with many addresses, and addresses that look like another
 * person's. Where the whole system is read it is judged once there; else in each list.
 */
export const identityConflict: Check = {
  name: "identity_conflict",
  defaults: DEFAULTS,
  run(input: CheckInput): Outcome {
    const settings = settingsOf(input.config, "identity_conflict", DEFAULTS);
    if (!settings.enabled) return skip("not_configured");
    const whole = input.baseHistory.length > 0;
    const history = whole ? input.baseHistory : input.history;
    const latest = history.at(-1);
    if (latest === undefined || latest.runId !== input.runId) return skip("no_data");
    if (latest.coverage !== "complete") return skip("partial");
    const past = whole ? training({ ...input, history, flagged: new Set() }) : training(input);
    const place: Place = { input, latest, whole };

    const pairs = KINDS.map((kind) => sharedBy(kind, place, past, settings));
    const alike = metric(latest, "look_alike");
    const findings = [...pairs, ...lookAlikes(place, alike, settings)].filter((f) => typeof f === "object");
    const [first, ...more] = findings;
    if (first !== undefined) return { status: "fail", findings: [first, ...more] };
    // What was told of look-alikes can end although nothing is known of the rest.
    if (alike !== null && past.some((s) => (metric(s, "look_alike") ?? 0) > 0)) return PASS;
    return pairs.includes("unknown")
      ? skip("not_collected")
      : pairs.includes("learning")
        ? skip("learning")
        : PASS;
  },
};

type Kind = (typeof KINDS)[number];
type Shared = Finding | "usual" | "learning" | "unknown";

function sharedBy(kind: Kind, place: Place, past: readonly Snapshot[], settings: Settings): Shared {
  const now = shareOf(kind)(place.latest);
  if (now === null) return "unknown";
  const { state, judged } = risenShare(
    past.map(shareOf(kind)).filter((s) => s !== null),
    now,
    settings,
  );
  const most = metric(place.latest, `${kind}_most`) ?? 0;
  if (state === "high" || most >= settings.one_carries)
    return sharedFinding(kind, place, { ...now, most, judged });
  return state;
}

const shareOf =
  (name: MetricName) =>
  (s: Snapshot): Share | null => {
    const { numerator, denominator } = s.metrics[name] ?? { numerator: null, denominator: null };
    return numerator === null || denominator === null || denominator === 0
      ? null
      : { part: numerator, whole: denominator };
  };

const lookAlikes = (place: Place, alike: number | null, settings: Settings): Finding[] =>
  alike === null || alike < Math.max(1, settings.look_alike_people) ? [] : [lookAlikeFinding(place, alike)];
