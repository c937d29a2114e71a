import type { Attribution } from "./attribution.ts";
import type { Comparison, Overlap } from "./comparison.ts";
import type { Audience, CheckSettings, Config, SystemConfig } from "./config.ts";
import type { DistributionVerdict } from "./distribution.ts";
import type { ChangeFact, DeliveryCounts, KnownCampaign, SyncRun } from "./facts.ts";
import type { AudienceId, Instant, RunId, Snapshot, SystemId } from "./model.ts";
import type { SizeReading } from "./stream.ts";

/** act: people may be harmed or mail goes out wrongly; look: worth a person's time. */
export type Severity = "act" | "look";

/** confirmed: row-level proof; likely: statistics plus a matching change; unclear: nothing known, then text is null. */
export type Cause = { readonly certainty: "confirmed" | "likely" | "unclear"; readonly text: string | null };

/** What a repair could do about it; decides whether the incident offers "Draft repair". */
export type Repairable = "membership" | "consent" | "attribute" | null;

export const CHECK_NAMES = [
  "size_anomaly",
  "disagreement",
  "match_rate",
  "completeness",
  "freshness",
  "latency",
  "run_failure",
  "schema_drift",
  "suppression_leak",
  "consent_violation",
  "duplicates",
  "flip_flop",
  "attribute_shift",
  "consent_exposure",
  "over_suppression",
  "exclusive_overlap",
  "ineligible",
  "holdout",
  "sensitive_attribute",
  "funnel",
  "stuck_members",
  "sync_failure",
  "identity_conflict",
  "over_segmentation",
  "deliverability",
  "unmapped_scope",
] as const;
export type CheckName = (typeof CHECK_NAMES)[number];

/** What several audiences of a system may have in common, in words that lists can be counted in. */
export type Alike = {
  /** Tells two such things of one check and subject apart: "fewer", "more". Empty: there is only one. */
  readonly way: string;
  /** "plan is empty in " goes before "3 lists of Klaviyo"; `one` or `many` after it: " are too small". */
  readonly before: string;
  readonly one: string;
  readonly many: string;
};

/** One of several audiences that one incident tells of. */
export type Sibling = Pick<Finding, "severity" | "people" | "observed" | "expected"> & {
  readonly audience: AudienceId;
  readonly title: string;
  /** over: back to normal, while others are not. unread: not judged this time. */
  readonly now: "off" | "over" | "unread";
};

/** One check, one run, one problem. */
export type Finding = {
  readonly check: CheckName;
  readonly audience: AudienceId | null;
  readonly system: SystemId;
  /** Tells findings of one check on one segment apart (an attribute's name), else null. */
  readonly subject: string | null;
  readonly severity: Severity;
  /** True when it tells "can't tell" rather than a fault (run_failure, freshness). */
  readonly cantTell: boolean;
  /** A backlog found at the first comparison: one incident, and only growth alerts afterwards. */
  readonly backlog: boolean;
  /** A backlog told before: it updates its incident, and never opens or reopens one. */
  readonly known?: boolean;
  /** "Active customers is too large in Klaviyo". No full stop. */
  readonly title: string;
  /** Sentence 1: what moved, where, how much, since when, against normal. */
  readonly moved: string;
  /** Sentence 2: what it means for people and the next send. */
  readonly means: string;
  /** Sentence 3 comes from here. */
  readonly cause: Cause;
  readonly todo: readonly string[];
  readonly observed: number | null;
  readonly expected: { readonly low: number; readonly high: number } | null;
  /** People affected; sizes the incident and decides escalation. null: cannot tell. */
  readonly people: number | null;
  readonly repair: Repairable;
  /** For "Show the maths": names in plain words → value. */
  readonly maths: Readonly<Record<string, string | number | null>>;
  /** Why the people moved that it tells of, where that was looked up. */
  readonly attribution?: Attribution;
  /** Absent: never told together with others, since people must see each. */
  readonly alike?: Alike;
  /** The audiences that moved alike, where one incident tells of several; `audience` is null then. */
  readonly siblings?: readonly Sibling[];
};

export type SkipReason =
  | "partial"
  | "learning"
  | "not_configured"
  | "not_readable"
  | "settling"
  | "no_data"
  | "owner_partial"
  | "told_elsewhere"
  /** No connector of this system provides what the check needs. */
  | "not_collected";

/** `skip` is not `pass`. */
export type Outcome =
  /** `because`: what an incident that it closes is told; default: back to normal. */
  | { readonly status: "pass"; readonly because?: string }
  | { readonly status: "fail"; readonly findings: readonly [Finding, ...Finding[]] }
  | { readonly status: "skip"; readonly because: SkipReason };

/** Something that was changed on purpose: a version of our configuration, the rule of a segment. */
export type KnownChange = {
  readonly at: Instant;
  /** null: all systems. */
  readonly system: SystemId | null;
  /** The copies of this audience only; null: whatever is in the system. */
  readonly audience: AudienceId | null;
  /** confirmed: the vendor dates it between two of our reads. */
  readonly certainty: "confirmed" | "likely";
  /** Goes on with "at 06:04". */
  readonly text: string;
};

/** What our own repairs of one copy ran into, from their journal. */
export type OwnRepairs = {
  /**
   * Who was repaired three times in seven days, by place (`attribute` null: the list itself), and how many of them
   * differ from the owner again in this reading. Only where there are some.
   */
  readonly fought: readonly {
    readonly attribute: string | null;
    readonly people: number;
    readonly differ: number;
  }[];
  /** The last plan that wrote here, within a week; null: none did. */
  readonly lastPlan: {
    readonly id: number;
    readonly at: Instant;
    readonly written: number;
    /** Acknowledged by the system, but nothing had changed when it was read back. */
    readonly ghostAcks: number;
  } | null;
};

/** All that a check may look at. History is oldest first; the reading to judge is the last of `history`. */
export type CheckInput = {
  readonly now: Instant;
  readonly runId: RunId;
  readonly config: Config;
  readonly audience: Audience;
  readonly system: SystemConfig;
  readonly isOwner: boolean;
  readonly history: readonly Snapshot[];
  readonly ownerHistory: readonly Snapshot[];
  /** Readings of the whole system (base), oldest first; empty when not readable. */
  readonly baseHistory: readonly Snapshot[];
  /** Oldest first; the last is of this run unless the audience could not be compared. */
  readonly comparisons: readonly Comparison[];
  /** How the audiences of this system overlap in this run; empty when fewer than two were read completely. */
  readonly overlaps: readonly Overlap[];
  /** Index pairs (audience, system) that already have an accepted or raised backlog. */
  readonly backlog: { readonly raised: boolean; readonly missing: number; readonly extra: number } | null;
  readonly changes: readonly KnownChange[];
  /** Runs of the writers into this system that their tools told us of, oldest first. */
  readonly syncRuns: readonly SyncRun[];
  /** Campaigns of this system that it told of, sent ones of the last 90 days; empty: none, or it does not tell. */
  readonly campaigns: readonly KnownCampaign[];
  /** Who changed which field here lately, by the vendor's record. */
  readonly changedBy: readonly ChangeFact[];
  /** Mail from this system to this audience, as last told; null: the system does not tell. */
  readonly deliveries: readonly DeliveryCounts[] | null;
  /** Why the segment moved: at this reading, or lately and it has not moved back; null: not notably, or not known. */
  readonly attribution: Attribution | null;
  /** What this system's consent covers, as its connector tells; null: it keeps none. Absent: not known yet. */
  readonly consentScope?: "global" | "channel" | "topic" | "list" | null;
  /** How people spread over the values of an attribute in this reading, by attribute; only what is counted. */
  readonly distributions: Readonly<Record<string, DistributionVerdict>>;
  /** Sizes of the complete readings with their verdicts, oldest first: the last of `history`, if it has one, and some before. */
  readonly sizes: readonly SizeReading[];
  readonly ownerSizes: readonly SizeReading[];
  /** `snapshot.id`s that an incident covers: left out of the training. */
  readonly flagged: ReadonlySet<string>;
  /** Of this system: those that are not over, and those that a person called no problem and did not pass since. */
  readonly incidents: readonly Incident[];
  /** What our own repairs of this copy ran into; absent: not looked up. */
  readonly repairs?: OwnRepairs;
};

export type Check = {
  readonly name: CheckName;
  /** What `checks: <name>:` of the configuration may set, beside `enabled`. */
  readonly defaults: CheckSettings;
  run(input: CheckInput): Outcome;
};

export type CheckResult = {
  readonly check: CheckName;
  readonly audience: AudienceId | null;
  readonly system: SystemId;
  readonly outcome: Outcome;
};

export type IncidentState = "open" | "acknowledged" | "snoozed" | "resolved" | "regressed";

/** A finding's life. `regressed` is open again after `resolved`; `id` prints as INC-<id>. */
export type Incident = {
  readonly id: number;
  /** check|audience|system|subject. */
  readonly fingerprint: string;
  readonly state: IncidentState;
  readonly severity: Severity;
  readonly finding: Finding;
  readonly openedAt: Instant;
  readonly changedAt: Instant;
  readonly lastSeenAt: Instant;
  readonly resolvedAt: Instant | null;
  readonly snoozedUntil: Instant | null;
  /** When a person said that it was not a problem; null or absent: nobody did, or it came back since. */
  readonly markedFalseAt?: Instant | null;
  readonly owner: string | null;
  /** Highest `people` (or |observed − expected|) so far; kept after it is resolved. */
  readonly peak: number | null;
  readonly runId: RunId;
  /** Grows with every change; a button pressed on an older version is told so. */
  readonly version: number;
};

export type IncidentEvent = {
  readonly at: Instant;
  readonly kind:
    | "opened"
    | "seen"
    | "escalated"
    | "taken"
    | "snoozed"
    | "unsnoozed"
    | "resolved"
    | "marked_false"
    | "regressed"
    | "planned"
    | "note";
  readonly actor: string;
  readonly text: string;
};

/** What the audit decides about an incident; the store carries it out and the alerts tell people. */
export type Transition =
  | { readonly kind: "open"; readonly fingerprint: string; readonly finding: Finding }
  | {
      readonly kind: "update";
      readonly incident: Incident;
      readonly finding: Finding;
      readonly escalated: boolean;
    }
  | { readonly kind: "regress"; readonly incident: Incident; readonly finding: Finding }
  | { readonly kind: "unsnooze"; readonly incident: Incident; readonly finding: Finding }
  | { readonly kind: "resolve"; readonly incident: Incident; readonly because: string };
