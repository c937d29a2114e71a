import { foldSizes, sizeStream } from "../../checks/sizes.ts";
import type { Comparison, PeopleFigures, SystemDifference } from "../../core/comparison.ts";
import type { Audience, Config, GhostSystem, WriterJob } from "../../core/config.ts";
import type { CheckInput } from "../../core/finding.ts";
import {
  type AttributeStates,
  audienceId,
  type Instant,
  instant,
  type Measured,
  type MetricName,
  runId,
  type Snapshot,
  systemId,
} from "../../core/model.ts";
import type { SizeReading } from "../../core/stream.ts";

export const DAY = 86_400_000;
export const START = Date.parse("2026-09-01T04:00:00.000Z");
export const at = (day: number): Instant => instant(new Date(START + day * DAY));
export const runOf = (day: number) => runId(`run-${day}`);

export const AUDIENCE: Audience = {
  id: audienceId("active"),
  title: "Active customers",
  purpose: "lifecycle",
  owner: systemId("warehouse"),
  identity: "email",
  segments: ["warehouse", "crm", "news"].map((s) => ({
    system: systemId(s),
    source: { all: true },
    where: null,
    latencyBudgetHours: null,
  })),
  requiredAttributes: ["plan"],
  cadence: "0 6 * * *",
  latencyBudgetHours: 24,
  direction: "one_way",
  repair: "manual",
  holdout: null,
  exclusiveWith: [],
  proposedBy: "person",
  approvedBy: null,
  reason: null,
};

export const SUPPRESSION: Audience = {
  ...AUDIENCE,
  id: audienceId("dnc"),
  title: "Do not contact",
  purpose: "suppression",
  owner: systemId("crm"),
  requiredAttributes: [],
};

export const system = (id: string, title: string, sends = false): GhostSystem => ({
  id: systemId(id),
  title,
  sends,
  attributes: {},
  kind: "ghost",
  limitShare: 1,
  privateNetwork: false,
  url: "http://127.0.0.1",
  key: "${env:KEY}" as GhostSystem["key"],
  writeKey: null,
});

export const WRITER: WriterJob = {
  name: "nightly sync",
  from: systemId("warehouse"),
  to: systemId("crm"),
  audiences: [AUDIENCE.id],
  attributes: [],
  schedule: "30 2 * * *",
  enabled: true,
};

export const CONFIG: Config = {
  company: "Meadow",
  timezone: "Europe/Berlin",
  server: { host: "127.0.0.1", port: 0, publicUrl: null },
  systems: [system("warehouse", "Warehouse"), system("crm", "CRM"), system("news", "Newsletter", true)],
  audiences: [AUDIENCE],
  attributes: [],
  dictionary: {},
  writers: [],
  calendar: [],
  people: [],
  checks: {},
  routes: { slack: null, mail: null },
  safeguards: {
    alonePeople: 500,
    aloneShare: 0.05,
    refusePeople: 5000,
    refuseShare: 0.2,
    refuseSmallList: 20,
    coolingOffMinutes: 15,
    freshMinutes: 60,
    planExpiresMinutes: 60,
    undoDays: 30,
    sendMarginMinutes: 30,
    leaseSeconds: 15,
  },
  retention: { spoolDays: 7, snapshotDays: 400 },
};

const measured = (n: number, day: number): Measured => ({
  numerator: n,
  denominator: null,
  quality: "exact",
  settled: true,
  observedAt: at(day),
});

export type Given = Partial<Omit<Snapshot, "metrics" | "attributes">> & {
  size?: number;
  metrics?: Partial<Record<MetricName, number>>;
  attributes?: Readonly<Record<string, Partial<AttributeStates>>>;
};

/** One reading of `day` at 06:00 in Berlin (summer), complete unless said otherwise. */
export function reading(day: number, sys: string, given: Given = {}): Snapshot {
  const { size, metrics = {}, attributes = {}, ...rest } = given;
  const numbers = { ...(size === undefined ? {} : { size }), ...metrics };
  return {
    id: `${sys}-${day}`,
    runId: runOf(day),
    audience: AUDIENCE.id,
    system: systemId(sys),
    ordinal: day,
    trigger: "scheduled",
    asOf: at(day),
    takenAt: at(day),
    coverage: "complete",
    because: "last page said next: null",
    failure: null,
    metrics: Object.fromEntries(Object.entries(numbers).map(([k, n]) => [k, measured(n, day)])),
    attributes: Object.fromEntries(Object.entries(attributes).map(([k, s]) => [k, states(s)])),
    fields: { email: "text", plan: "text" },
    setFile: null,
    epoch: 1,
    ...rest,
  };
}

export const states = (s: Partial<AttributeStates>): AttributeStates => ({
  valid: 0,
  null: 0,
  empty: 0,
  placeholder: 0,
  invalid: 0,
  missing: 0,
  ...s,
});

export const difference = (d: Partial<SystemDifference>): SystemDifference => ({
  size: 5000,
  expected: 5000,
  missing: 0,
  extra: 0,
  settledMissing: 0,
  settledExtra: 0,
  mailableOptedOut: 0,
  consentConflict: 0,
  matched: null,
  attributes: {},
  flipping: 0,
  oldestPendingReads: null,
  ...d,
});

export const comparison = (
  day: number,
  per: Readonly<Record<string, Partial<SystemDifference>>>,
): Comparison => ({
  runId: runOf(day),
  audience: AUDIENCE.id,
  asOf: at(day),
  owner: systemId("warehouse"),
  systems: Object.keys(per).map(systemId),
  masks: {},
  cantTell: {},
  perSystem: Object.fromEntries(Object.entries(per).map(([k, d]) => [k, difference(d)])),
});

export const figures = (f: Partial<PeopleFigures>): PeopleFigures => ({
  keptOut: {},
  exposed: null,
  optedOutElsewhere: null,
  overSuppressed: null,
  ...f,
});

/** Sizes with their verdicts, as an audit folds them. */
export function sizesOf(history: readonly Snapshot[]): readonly SizeReading[] {
  const first = history[0];
  return first === undefined
    ? []
    : foldSizes(sizeStream(AUDIENCE.cadence, first.takenAt, CONFIG.timezone), null, history, CONFIG.timezone);
}

/** Judges the last of `history` (a CRM copy unless said otherwise). */
export function inputOf(given: Partial<CheckInput> & { history: readonly Snapshot[] }): CheckInput {
  const last = given.history.at(-1);
  const audience = given.audience ?? AUDIENCE;
  const sys = given.system ?? CONFIG.systems.find((s) => s.id === last?.system) ?? system("crm", "CRM");
  return {
    now: instant(new Date(Date.parse(last?.takenAt ?? at(0)) + 10 * 60_000)),
    runId: last?.runId ?? runOf(0),
    config: CONFIG,
    audience,
    system: sys,
    isOwner: sys.id === audience.owner,
    ownerHistory: [],
    baseHistory: [],
    comparisons: [],
    overlaps: [],
    backlog: null,
    changes: [],
    syncRuns: [],
    campaigns: [],
    changedBy: [],
    deliveries: null,
    attribution: null,
    distributions: {},
    sizes: sizesOf(given.history),
    ownerSizes: sizesOf(given.ownerHistory ?? []),
    flagged: new Set(),
    incidents: [],
    ...given,
  };
}
