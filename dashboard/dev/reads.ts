import type { RunList, SystemList } from "../../app/api/contract.ts";
import { ago, status, systems } from "./story.ts";

export const runs: RunList = {
  runs: Array.from({ length: 12 }, (_, i) => ({
    id: `r-${(20_914 - i).toString(16)}`,
    kind: "audit",
    trigger: i === 3 ? "manual" : "scheduled",
    startedAt: ago(0, i * 4),
    endedAt: ago(0, i * 4 - 0.05),
    state: "done",
    reads: systems.map((s, at) => ({
      system: s.id,
      audience: at === 0 ? null : "active_customers",
      coverage:
        at === 4 && i < 2
          ? ("unusable" as const)
          : at === 2 && i === 5
            ? ("partial" as const)
            : ("complete" as const),
      because:
        at === 4 && i < 2
          ? "the key was refused (401)"
          : at === 2 && i === 5
            ? "page 18 of about 42, then refused three times"
            : "last page said next: null; declared and read totals are equal",
      size: at === 4 && i < 2 ? null : 48_316 - at * 7,
    })),
  })),
};

type System = SystemList["systems"][number];
type Can = NonNullable<System["capabilities"]>;
type Run = System["jobs"][number]["runs"][number];

const can = (over: Partial<Can>): Can => ({
  read: "stream",
  write: "none",
  ops: [],
  maxBatch: {},
  identifiers: ["email"],
  hashed: false,
  consentScope: null,
  joinedAt: false,
  deltaRead: false,
  dryRun: false,
  baseReadable: true,
  settle: { typicalMs: 0, maxMs: 0 },
  cannot: [],
  ...over,
});

const CAN: Record<string, Can> = {
  warehouse: can({ consentScope: "global" }),
  hubspot: can({
    write: "batch",
    ops: ["suppress", "remove", "add", "set"],
    maxBatch: { set: 100, add: 250, remove: 250 },
    consentScope: "topic",
    joinedAt: true,
    deltaRead: true,
    settle: { typicalMs: 5_000, maxMs: 60_000 },
    cannot: ["Lists that HubSpot fills by a rule take nobody on or off by hand"],
  }),
  klaviyo: can({
    write: "job",
    ops: ["suppress", "remove", "add"],
    maxBatch: { suppress: 100, add: 1000, remove: 1000 },
    consentScope: "channel",
    joinedAt: true,
    deltaRead: true,
    settle: { typicalMs: 10_000, maxMs: 900_000 },
    cannot: ["Segments are rules: nobody can be added or removed", "Who lifted a suppression is not told"],
  }),
  mailchimp: can({
    write: "member",
    ops: ["suppress", "add", "set"],
    consentScope: "list",
    settle: { typicalMs: 1_000, maxMs: 30_000 },
    cannot: ["Whoever unsubscribed can only come back by their own act"],
  }),
  google_ads: can({
    read: "count",
    hashed: true,
    baseReadable: false,
    cannot: ["Members of an audience are never shown, only rounded sizes"],
  }),
};

const run = (job: string, n: number, over: Partial<Run> = {}): Run => ({
  job,
  id: `run-${n}`,
  state: "succeeded",
  startedAt: ago(n, 2.6),
  endedAt: ago(n, 2.5),
  rowsRead: 48_316,
  rowsWritten: 212 - n,
  rowsFailed: 0,
  receivedAt: ago(n, 2.5),
  ...over,
});

const job = (name: string, runs: Run[], over: Partial<System["jobs"][number]> = {}) => ({
  name,
  schedule: "30 2 * * *",
  enabled: true,
  overdueSince: null,
  runs,
  ...over,
});

const JOBS: Record<string, System["jobs"]> = {
  hubspot: [job("dbt to HubSpot", [run("dbt to HubSpot", 0), run("dbt to HubSpot", 1)])],
  klaviyo: [
    job("warehouse to Klaviyo", [
      run("warehouse to Klaviyo", 0, { state: "failed", rowsWritten: 3, rowsFailed: 48_313 }),
    ]),
    job("web forms", [], { schedule: null }),
  ],
  mailchimp: [
    job("newsletter sync", [run("newsletter sync", 2)], { overdueSince: "2026-11-23T01:30:00.000Z" }),
  ],
};

const FACTS: Record<string, System["facts"]> = {
  hubspot: { readAt: ago(0), liveAutomations: 2, notes: [] },
  klaviyo: {
    readAt: ago(0),
    liveAutomations: null,
    notes: ["automations: the key lacks the scope flows:read", "campaigns of SMS are not read"],
  },
};

const WRITES: Record<string, System["writes"]> = {
  klaviyo: { enabled: true, by: "Ben", at: ago(3), reason: "first repairs, watched by Ana" },
  mailchimp: { enabled: false, by: "Ben", at: ago(1), reason: "the agency edits this list until Friday" },
  hubspot: { enabled: false, by: null, at: null, reason: null },
};

export const systemList: SystemList = {
  systems: status.systems.map((s) => ({
    id: s.id,
    title: s.title,
    kind: s.kind,
    sends: s.sends,
    capabilities: CAN[s.id] ?? null,
    writes: WRITES[s.id] ?? null,
    limitShare: s.id === "warehouse" ? null : 0.3,
    facts: FACTS[s.id] ?? null,
    jobs: JOBS[s.id] ?? [],
    coverage: s.coverage,
    asOf: s.asOf,
    because: s.because,
    warnings: s.warnings,
  })),
};
