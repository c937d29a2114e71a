import type { IncidentFacts } from "../../alerts/slack/facts.ts";
import type { Finding, Incident } from "../../core/finding.ts";
import { audienceId, type Instant, runId, systemId } from "../../core/model.ts";

/** `at(24, "06:19")`: 24 Nov 2026, UTC. */
export const at = (day: number, time: string): Instant =>
  `2026-11-${String(day).padStart(2, "0")}T${time}:00.000Z` as Instant;

export const aFinding = (over: Partial<Finding> = {}): Finding => ({
  check: "size_anomaly",
  audience: audienceId("active_customers"),
  system: systemId("klaviyo"),
  subject: null,
  severity: "act",
  cantTell: false,
  backlog: false,
  title: "Active customers is too large in Klaviyo",
  moved: "75,584 people, up 27,287 since 02:04 CET. Normal for a Tuesday is 47,600 to 48,900.",
  means:
    "About 27,287 people may be addressed who do not belong here; “Autumn drop” goes to this audience, today 10:00 CET.",
  cause: { certainty: "likely", text: "the sync lifecycle_daily lost its filter at 05:42" },
  todo: ["Check the job that fills Klaviyo"],
  observed: 75_584,
  expected: { low: 47_600, high: 48_900 },
  people: 27_287,
  repair: "membership",
  maths: {},
  ...over,
});

export const anIncident = (over: Partial<Incident> = {}): Incident => ({
  id: 1042,
  fingerprint: "size_anomaly|active_customers|klaviyo|",
  state: "open",
  severity: "act",
  finding: aFinding(),
  openedAt: at(24, "05:19"),
  changedAt: at(24, "05:19"),
  lastSeenAt: at(24, "05:19"),
  resolvedAt: null,
  snoozedUntil: null,
  owner: null,
  peak: 27_287,
  runId: runId("r261124051900-0a1b2c"),
  version: 1,
  ...over,
});

export const facts = (over: Partial<IncidentFacts> = {}): IncidentFacts => ({
  incident: anIncident(),
  audienceTitle: "Active customers",
  systemTitle: "Klaviyo",
  nextSend: { name: "Autumn drop", at: at(24, "09:00"), systemTitle: "Klaviyo" },
  alsoMoved: [{ title: "1,204 opted-out people can be mailed from Klaviyo", sameCause: true }],
  data: { coverage: "complete", asOf: at(24, "05:04") },
  plans: [],
  actor: null,
  timezone: "Europe/Berlin",
  publicUrl: "https://plumbline.example.com",
  ...over,
});
