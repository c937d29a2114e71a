import type { Comparison } from "../../core/comparison.ts";
import type { Finding } from "../../core/finding.ts";
import { audienceId, type Instant, type RunId, runId, type Snapshot, systemId } from "../../core/model.ts";

/** `at("06:00")` on 23 Nov 2026; `at("06:00", 21)` two days before. */
export const at = (time: string, day = 23): Instant => `2026-11-${day}T${time}:00.000Z` as Instant;

export const RUN = runId("r-1");

export const aSnapshot = (over: Partial<Snapshot> = {}): Snapshot => ({
  id: `s-${over.takenAt ?? "1"}-${over.system ?? "ghost"}-${over.audience ?? "base"}`,
  runId: RUN,
  audience: audienceId("active"),
  system: systemId("ghost"),
  ordinal: null,
  trigger: "scheduled",
  asOf: at("06:00"),
  takenAt: at("06:00"),
  coverage: "complete",
  because: "last page said next: null",
  failure: null,
  metrics: {
    size: { numerator: 1200, denominator: null, quality: "exact", settled: true, observedAt: at("06:00") },
  },
  attributes: { plan: { valid: 1, null: 2, empty: 3, placeholder: 4, invalid: 5, missing: 6 } },
  distributions: {},
  fields: { email: "text" },
  setFile: null,
  epoch: 0,
  ...over,
});

export const aComparison = (over: Partial<Comparison> = {}): Comparison => ({
  runId: RUN,
  audience: audienceId("active"),
  asOf: at("06:00"),
  owner: systemId("warehouse"),
  systems: [systemId("warehouse"), systemId("ghost")],
  masks: { "1": 10, "3": 1000 },
  perSystem: {
    ghost: {
      size: 1000,
      expected: 1010,
      missing: 10,
      extra: 0,
      settledMissing: 10,
      settledExtra: 0,
      mailableOptedOut: 12,
      consentConflict: null,
      matched: null,
      attributes: {},
      flipping: 0,
      oldestPendingReads: 2,
    },
  },
  cantTell: {},
  people: {
    ghost: {
      keptOut: { refunded: { of: 40, here: 3, mailable: null, settled: 2 } },
      exposed: null,
      optedOutElsewhere: null,
      overSuppressed: null,
    },
  },
  ...over,
});

export const aFinding = (over: Partial<Finding> = {}): Finding => ({
  check: "size_anomaly",
  audience: audienceId("active"),
  system: systemId("ghost"),
  subject: null,
  severity: "look",
  cantTell: false,
  backlog: false,
  title: "Active customers is too large in Ghost",
  moved: "1,200 people, up 300 since 02:04",
  means: "They get mail.",
  cause: { certainty: "unclear", text: null },
  todo: [],
  observed: 1200,
  expected: { low: 800, high: 900 },
  people: 300,
  repair: "membership",
  maths: {},
  ...over,
});

export const aRun = (n: number | string): RunId => runId(`r-${n}`);
