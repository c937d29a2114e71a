import type { CheckName } from "../../core/finding.ts";
import { LISTS } from "./population.ts";
import { pick, shuffled, unit } from "./random.ts";
import { DAYS } from "./time.ts";

export const AUDIENCES = ["do_not_contact", "newsletter_opt_in", ...LISTS] as const;
export type AudienceName = (typeof AUDIENCES)[number];
export type AttributeName = "plan" | "country" | "first_name";
export const SYSTEMS = ["warehouse", "hubspot", "klaviyo", "mailchimp", "ads"] as const;
export type SystemName = (typeof SYSTEMS)[number];
export const bySystem = <T>(make: (system: SystemName) => T): Readonly<Record<SystemName, T>> => ({
  warehouse: make("warehouse"),
  hubspot: make("hubspot"),
  klaviyo: make("klaviyo"),
  mailchimp: make("mailchimp"),
  ads: make("ads"),
});
/** Systems that send mail, and so tell who can be mailed. */
export const SENDERS: readonly SystemName[] = ["klaviyo", "mailchimp"];

/** A finding that should (or may) be there; any of the checks will do. */
export type Expectation = {
  readonly checks: readonly CheckName[];
  readonly audience: AudienceName | null;
  readonly system: SystemName;
};

/**
 * One fault that was put into the world on purpose. Never shown to a check: only the demo's own process and tests
 * know it. It lasts from `from` to `to` (both included); `to` null: to this day.
 */
export type Planted = {
  readonly kind:
    | "halved"
    | "slow_leak"
    | "opted_out_mailable"
    | "renamed_field"
    | "duel"
    | "stale_copy"
    | "truncated_gzip"
    | "lost_page"
    | "duplicates_by_case";
  readonly audience: AudienceName | null;
  readonly system: SystemName;
  readonly from: number;
  readonly to: number | null;
  /** People hit, where a number was planned; else null. */
  readonly people: number | null;
  /** Which attribute, for `renamed_field`. */
  readonly attribute: AttributeName | null;
  /** Each must have been found between `from` and the end. */
  readonly must: readonly Expectation[];
  /** What follows from it and is no false alarm. */
  readonly may: readonly Expectation[];
};

type Slot = { readonly audience: AudienceName; readonly system: SystemName };

const LARGE: readonly Slot[] = [
  { audience: "active_customers", system: "klaviyo" },
  { audience: "recent_purchasers", system: "klaviyo" },
  { audience: "lapsed_180", system: "klaviyo" },
  { audience: "active_customers", system: "hubspot" },
  { audience: "lapsed_180", system: "hubspot" },
];
const ads = (...audiences: AudienceName[]): Slot[] =>
  audiences.map((audience) => ({ audience, system: "ads" }));

/** The attribute that each list needs and that a renamed column may take away. */
const REQUIRED: Partial<Record<AudienceName, readonly [AttributeName, ...AttributeName[]]>> = {
  active_customers: ["plan", "country", "first_name"],
  trial: ["country", "first_name"],
  lapsed_180: ["country"],
};

const found = (slot: Slot, ...checks: CheckName[]): Expectation => ({ checks, ...slot });

/**
 * Eight faults, each on a list of its own so that none hides another. The seed decides where, when and how many; the
 * first seed tells the story of the screenshots.
 *
 * @param size people in the company on day 56
 */
export function plant(seed: number, size: number): readonly Planted[] {
  const used = new Set<string>();
  const take = (salt: number, from: readonly Slot[]): Slot => {
    const slot = shuffled(from, seed, salt).find((s) => !used.has(`${s.audience} ${s.system}`));
    if (!slot) throw new RangeError(`demo: seed ${seed} leaves no place for fault ${salt}`);
    used.add(`${slot.audience} ${slot.system}`);
    return slot;
  };
  const daysAgo = (salt: number, least: number, most: number): number =>
    DAYS - least - Math.floor(unit(seed, salt, 7) * (most - least + 1));

  const stale = take(1, ads("vip", "trial"));
  const renamed = take(2, ads("trial", "active_customers", "lapsed_180"));
  const doubled = take(3, ads("recent_purchasers", "active_customers", "lapsed_180"));
  const duel = take(4, LARGE);
  const leaking = take(5, LARGE);
  const halved = take(6, LARGE);
  const mailable: Slot = { audience: "do_not_contact", system: "klaviyo" };
  const none = { people: null, attribute: null, to: null };
  const people = (share: number, least: number): number => Math.max(least, Math.round(size * share));
  const attribute = pick<AttributeName>(REQUIRED[renamed.audience] ?? ["country"], unit(seed, 2, 8));

  return [
    {
      kind: "halved",
      ...halved,
      ...none,
      from: daysAgo(6, 1, 3),
      must: [found(halved, "size_anomaly")],
      may: [found(halved, "disagreement", "latency")],
    },
    {
      kind: "slow_leak",
      ...leaking,
      ...none,
      from: daysAgo(5, 9, 12),
      must: [found(leaking, "disagreement", "size_anomaly")],
      may: [found(leaking, "disagreement", "size_anomaly", "latency")],
    },
    {
      kind: "opted_out_mailable",
      ...mailable,
      ...none,
      from: daysAgo(7, 0, 3),
      people: people(0.004 * (0.7 + 0.6 * unit(seed, 7, 9)), 6),
      must: [found(mailable, "suppression_leak")],
      may: [
        found(mailable, "disagreement", "size_anomaly", "consent_exposure"),
        found(
          { audience: "newsletter_opt_in", system: "klaviyo" },
          "disagreement",
          "size_anomaly",
          "consent_violation",
        ),
      ],
    },
    {
      kind: "renamed_field",
      ...renamed,
      ...none,
      from: daysAgo(2, 2, 6),
      attribute,
      must: [found(renamed, "schema_drift", "completeness")],
      may: [found(renamed, "schema_drift", "completeness")],
    },
    {
      kind: "duel",
      ...duel,
      ...none,
      from: daysAgo(4, 8, 12),
      people: people(0.02, 30),
      must: [found(duel, "flip_flop")],
      may: [found(duel, "disagreement", "size_anomaly", "latency")],
    },
    {
      kind: "stale_copy",
      ...stale,
      ...none,
      from: daysAgo(1, 4, 8),
      must: [found(stale, "freshness")],
      may: [found(stale, "disagreement", "size_anomaly", "latency", "completeness", "consent_violation")],
    },
    truncated(seed),
    {
      kind: "duplicates_by_case",
      ...doubled,
      ...none,
      from: daysAgo(3, 3, 9),
      people: null,
      must: [found(doubled, "duplicates")],
      may: [],
    },
  ];
}

/** Half of the seeds lose the end of a compressed export today, the others get a maintenance page half-way through Klaviyo's profiles some days ago. */
function truncated(seed: number): Planted {
  const none = { audience: null, people: null, attribute: null, may: [] };
  if (seed === 1 || unit(seed, 8, 1) < 0.5) {
    return {
      kind: "truncated_gzip",
      ...none,
      system: "ads",
      from: DAYS,
      to: DAYS,
      must: [{ checks: ["run_failure"], audience: null, system: "ads" }],
    };
  }
  const day = DAYS - 1 - Math.floor(unit(seed, 8, 2) * 5);
  return {
    kind: "lost_page",
    ...none,
    system: "klaviyo",
    from: day,
    to: day,
    must: [{ checks: ["run_failure"], audience: null, system: "klaviyo" }],
  };
}
