import type { ReportInput, ReportPlan, ReportPoint, ReportSegment } from "../../alerts/report/model.ts";
import { audienceId, type Instant, instant, systemId } from "../../core/model.ts";
import { aFinding, anIncident, at } from "./samples.ts";

const DAY = 86_400_000;
const END = Date.parse(at(30, "06:00"));

/** 56 daily readings up to Monday 30 Nov; `last` replaces the latest ones. */
function line(base: number, last: readonly Partial<ReportPoint>[] = []): ReportPoint[] {
  return Array.from({ length: 56 }, (_, i) => {
    const size = Math.round(base * (1 + 0.004 * Math.sin(i * 1.9) + i * 0.00005));
    const point: ReportPoint = {
      at: instant(new Date(END - (55 - i) * DAY)),
      size,
      coverage: "complete",
      flagged: false,
      low: i < 28 ? null : Math.round(base * 0.988),
      high: i < 28 ? null : Math.round(base * 1.013),
    };
    return { ...point, ...last[last.length - 56 + i] };
  });
}

const segment = (
  audience: string,
  audienceTitle: string,
  system: string,
  systemTitle: string,
  points: ReportPoint[],
): ReportSegment => ({ audience, audienceTitle, system, systemTitle, points });

const plan = (over: Partial<ReportPlan>): ReportPlan => ({
  id: 88,
  state: "done",
  author: "Ana",
  approvers: ["Ben"],
  audienceTitle: "Active customers",
  systems: ["Klaviyo"],
  undoes: null,
  ops: { suppress: 1198, remove: 25_848, add: 0, set: 0 },
  applied: { suppress: 1198, remove: 25_848, add: 0, set: 0 },
  ends: { applied: 27_046, already_so: 0, skipped_consent: 0, skipped_drift: 0, failed: 0, unknown: 0 },
  endedAt: at(24, "06:10"),
  expiresAt: at(24, "07:00"),
  undoUntil: "2026-12-24T06:10:00.000Z" as Instant,
  ...over,
});

const days = (values: readonly (number | null)[]) =>
  values.map((people, i) => ({ at: at(23 + i, "06:00"), people }));
const beats = (bad: readonly number[]) =>
  Array.from({ length: 7 }, (_, i) => ({
    at: at(23 + i, "06:04"),
    coverage: bad.includes(i) ? ("unusable" as const) : ("complete" as const),
  }));

const size = anIncident({ id: 1042, state: "resolved", resolvedAt: at(24, "06:12"), owner: "Ana" });
const duel = anIncident({
  id: 1051,
  severity: "look",
  openedAt: at(27, "06:05"),
  peak: 212,
  finding: aFinding({
    check: "flip_flop",
    audience: audienceId("trial"),
    system: systemId("hubspot"),
    severity: "look",
    people: 212,
    title: "212 people flip in and out of Trial in HubSpot",
    means:
      "212 people get what is meant for this audience, or not, by chance of timing; “Onboarding 3” goes to this audience, Thu 08:30 CET.",
    cause: {
      certainty: "likely",
      text: "“hubspot_sync” and “klaviyo_back” both write it and overwrite each other",
    },
  }),
});
const few = anIncident({
  id: 1052,
  severity: "look",
  openedAt: at(28, "06:05"),
  peak: 4,
  finding: aFinding({
    check: "duplicates",
    audience: audienceId("newsletter"),
    system: systemId("mailchimp"),
    severity: "look",
    people: 4,
    repair: null,
    title: "4 people are in Newsletter opt-in twice in Mailchimp",
    means: "4 people get everything twice; the next send is not known.",
    cause: { certainty: "unclear", text: null },
  }),
});

/** The week of the pictures: a peak on Tuesday, repaired; a duel that waits for a decision; a system that was not read. */
export const reportSample = (over: Partial<ReportInput> = {}): ReportInput => ({
  company: "Harbour & Pine",
  timezone: "Europe/Berlin",
  now: at(30, "06:00"),
  publicUrl: "https://plumbline.example.com",
  week: { id: "2026-W48", from: at(22, "23:00"), to: at(29, "23:00"), running: false },
  audiences: ["Do not contact", "Active customers", "Trial", "Newsletter opt-in", "Recent purchasers"].map(
    (title, i) => ({
      id: ["dnc", "active_customers", "trial", "newsletter", "recent"][i] ?? "",
      title,
      keepsOut: i === 0,
    }),
  ),
  systems: ["Warehouse", "HubSpot", "Klaviyo", "Mailchimp", "Google Ads"].map((title) => ({
    id: title.toLowerCase().replace(" ", "_"),
    title,
  })),
  segments: [
    segment(
      "active_customers",
      "Active customers",
      "klaviyo",
      "Klaviyo",
      line(48_297, [{ size: 75_584, flagged: true }, {}, {}, {}, {}, {}, {}]),
    ),
    segment("trial", "Trial", "hubspot", "HubSpot", line(6209, [{ size: 6431 }])),
    segment("newsletter", "Newsletter opt-in", "mailchimp", "Mailchimp", line(212_302)),
    segment("recent", "Recent purchasers", "warehouse", "Warehouse", line(14_268, [{ size: 14_411 }])),
    segment(
      "active_customers",
      "Active customers",
      "google_ads",
      "Google Ads",
      line(40_000, [
        { coverage: "unusable", size: null, low: null, high: null },
        { coverage: "unusable", size: null, low: null, high: null },
      ]),
    ),
    segment(
      "recent",
      "Recent purchasers",
      "google_ads",
      "Google Ads",
      line(14_000, [{ coverage: "unusable", size: null, low: null, high: null }]),
    ),
  ],
  incidents: [size, duel, few],
  events: [
    { incidentId: 1042, at: at(24, "05:19"), kind: "opened", byPerson: false },
    { incidentId: 1042, at: at(24, "05:24"), kind: "taken", byPerson: true },
    { incidentId: 1042, at: at(24, "06:12"), kind: "resolved", byPerson: false },
    { incidentId: 1051, at: at(27, "06:05"), kind: "opened", byPerson: false },
    { incidentId: 1052, at: at(28, "06:05"), kind: "opened", byPerson: false },
  ],
  plans: [
    plan({}),
    plan({
      id: 87,
      author: "Ben",
      approvers: ["Ana"],
      systems: ["Mailchimp"],
      ops: { suppress: 0, remove: 0, add: 411, set: 0 },
      applied: { suppress: 0, remove: 0, add: 406, set: 0 },
    }),
  ],
  exposure: [
    { systemTitle: "Klaviyo", points: days([0, 1204, 0, 0, 0, 0, 0]) },
    { systemTitle: "Mailchimp", points: days([0, 0, 3, 0, 0, 0, 0]) },
  ],
  reads: [
    { systemTitle: "Warehouse", beats: beats([]) },
    { systemTitle: "HubSpot", beats: beats([]) },
    { systemTitle: "Klaviyo", beats: beats([]) },
    { systemTitle: "Mailchimp", beats: beats([]) },
    { systemTitle: "Google Ads", beats: beats([5, 6]) },
  ],
  score: {
    value: 80,
    atMost: true,
    text: "Held down by stability. Trial: 212 people leave and return in HubSpot. It may be lower: consent safety and agreement can’t be told in full.",
  },
  sends: [
    {
      name: "Onboarding 3",
      at: "2026-12-03T07:30:00.000Z" as Instant,
      audience: "trial",
      system: "hubspot",
      systemTitle: "HubSpot",
    },
    {
      name: "Advent letter",
      at: "2026-12-01T09:00:00.000Z" as Instant,
      audience: "newsletter",
      system: "mailchimp",
      systemTitle: "Mailchimp",
    },
  ],
  ...over,
});
