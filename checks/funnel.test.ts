import { describe, expect, test } from "vitest";
import type { SystemDifference } from "../core/comparison.ts";
import type { SyncRun } from "../core/facts.ts";
import type { CheckInput } from "../core/finding.ts";
import type { MetricName, Snapshot } from "../core/model.ts";
import {
  AUDIENCE,
  at,
  CONFIG,
  comparison,
  inputOf,
  reading,
  SUPPRESSION,
  WRITER,
} from "../test/property/checks-input.ts";
import { disagreement } from "./disagreement.ts";
import { funnel } from "./funnel.ts";
import { funnelOf } from "./funnel-counts.ts";

const NOW = 9;
const sync = (rowsFailed: number | null, more: Partial<SyncRun> = {}): SyncRun => ({
  job: WRITER.name,
  id: "s1",
  state: "succeeded",
  startedAt: at(NOW - 0.2),
  endedAt: at(NOW - 0.1),
  rowsRead: null,
  rowsWritten: null,
  rowsFailed,
  receivedAt: at(NOW - 0.1),
  ...more,
});
/** 6,100 records of the owner: 60 unusable, 40 duplicates, 6,000 people, of whom 500 are suppressed. */
const OWNER = { size: 6000, metrics: { records: 6100, invalid: 60, duplicates: 40 } };
const input = (
  here: Partial<SystemDifference>,
  syncRuns: readonly SyncRun[],
  over: Partial<CheckInput> = {},
) =>
  inputOf({
    config: { ...CONFIG, writers: [WRITER], checks: { disagreement: { minimum_share: 0.5 } } },
    history: [NOW - 2, NOW - 1, NOW].map((d) => reading(d, "crm", { size: 5200 })),
    ownerHistory: [NOW - 2, NOW - 1, NOW].map((d) => reading(d, "warehouse", OWNER)),
    comparisons: [NOW - 2, NOW - 1, NOW].map((d) =>
      comparison(d, {
        warehouse: { size: 6000 },
        crm: { expected: 5500, missing: 300, settledMissing: 250, ...here },
      }),
    ),
    backlog: { raised: true, missing: 0, extra: 0 },
    syncRuns,
    ...over,
  });
const found = (i: CheckInput) => {
  const o = funnel.run(i);
  return o.status === "fail" ? o.findings : o.status === "skip" ? o.because : o.status;
};

describe("source = suppressed + invalid + duplicate + rejected + pending + accepted + residual", () => {
  test("every part is known and they sum to the source", () => {
    const f = funnelOf(input({}, [sync(70)]))!;
    expect(f).toEqual({
      source: 6100,
      suppressed: 500,
      invalid: 60,
      duplicate: 40,
      rejected: 70,
      pending: 50,
      accepted: 5200,
      residual: 180,
    });
    const { source, residual, ...parts } = f;
    expect(Object.values(parts).reduce<number>((n, p) => n + (p ?? 0), 0) + (residual ?? 0)).toBe(source);
  });
  test("what nothing explains is a loss", () => {
    expect(found(input({}, [sync(70)]))).toMatchObject([
      {
        subject: "loss",
        people: 180,
        title: "180 people of Active customers are lost between Warehouse and CRM",
        moved:
          "Of 6,100 records of Warehouse, 5,200 are in CRM, 500 are kept out on purpose, 100 are unusable or duplicates, 50 are on their way and 70 were refused. Nothing explains the other 180; normal is none.",
      },
    ]);
    expect(found(input({}, [sync(240)]))).toBe("pass");
    // rows of other lists of the same job explain no more than who is missing
    expect(funnelOf(input({}, [sync(9000)]))).toMatchObject({ rejected: 250, residual: 0 });
  });
  test("where presence tells how long they wait, the budget decides who is on their way", () => {
    const waits = { arrived: [], left: [], arriving: [], leaving: [], missing: [50, 150, 100], extra: [] };
    // a day's wait is within the budget of a day; two days are not
    expect(funnelOf(input({ waits }, [sync(70)]))).toMatchObject({ pending: 200, residual: 30 });
  });
  test("unknown is not zero: no tool that tells, one that does not count, a run that failed", () => {
    expect(found(input({}, []))).toBe("not_collected");
    expect(found(input({}, [sync(null)]))).toBe("not_collected");
    expect(found(input({}, [sync(0, { state: "failed" })]))).toBe("not_collected");
    // nobody is missing for long, so there is nothing to explain, whoever tells
    expect(found(input({ missing: 50, settledMissing: 0 }, []))).toBe("pass");
    expect(found(input({ expected: null, missing: null, settledMissing: null }, [sync(0)]))).toBe(
      "not_readable",
    );
  });
  test("disagreement tells of the same people, and adds that the sync does not explain them", () => {
    const i = input({}, [sync(70)], { config: { ...CONFIG, writers: [WRITER] } });
    expect(found(i)).toBe("told_elsewhere");
    const told = disagreement.run(i);
    expect(told.status === "fail" && told.findings[0].todo[0]).toBe(
      "The sync says that it refused only 70 of them: look in the import log of CRM for records that it dropped or merged",
    );
    const silent = disagreement.run({ ...i, syncRuns: [] });
    expect(silent.status === "fail" && silent.findings[0].todo[0]).toMatch(/^Run the sync/);
    expect(found(input({}, [sync(0)], { audience: SUPPRESSION, isOwner: false }))).toBe("told_elsewhere");
    // what the first comparison found is told once
    expect(found(input({}, [sync(70)], { backlog: { raised: true, missing: 180, extra: 0 } }))).toBe("pass");
  });
});

describe("n(t) = n(t − 1) + entries − exits", () => {
  const counts = (d: number, size: number, entries: number | null, exits: number | null): Snapshot => {
    const metrics: Partial<Record<MetricName, number>> = {};
    if (entries !== null) metrics.entries = entries;
    if (exits !== null) metrics.exits = exits;
    return reading(d, "warehouse", { size, metrics });
  };
  const owner = (...history: readonly Snapshot[]) => found(inputOf({ history, isOwner: true }));

  test("holds, or the counts cannot be trusted", () => {
    expect(owner(counts(1, 1000, 5, 5), counts(2, 1010, 30, 20))).toBe("pass");
    expect(owner(counts(1, 1000, 5, 5), counts(2, 1013, 30, 20))).toMatchObject([
      {
        subject: "balance",
        cantTell: true,
        observed: 3,
        moved:
          "1,013 people were counted, but the reading before, with who joined and left since, makes 1,010.",
      },
    ]);
  });
  test("partial and manual readings between are not counted against", () => {
    const partial = { ...counts(2, 400, null, null), coverage: "partial" as const, ordinal: null };
    const manual = { ...counts(2, 1500, 500, 0), ordinal: null, trigger: "manual" as const };
    const next = { ...counts(3, 1010, 30, 20), ordinal: 2 };
    expect(owner(counts(1, 1000, 0, 0), partial, next)).toBe("pass");
    expect(owner(counts(1, 1000, 0, 0), manual, next)).toBe("pass");
    expect(owner(counts(1, 1000, 0, 0), manual)).toBe("pass");
  });
  test("what is not known is no verdict: the first reading, a lost set, another key epoch, a gap", () => {
    expect(owner(counts(1, 1000, 0, 0))).toBe("learning");
    expect(owner(counts(1, 1000, 0, 0), counts(2, 1500, null, null))).toBe("learning");
    expect(owner({ ...counts(1, 1000, 0, 0), epoch: 0 }, counts(2, 1500, 0, 0))).toBe("learning");
    expect(owner(counts(1, 1000, 0, 0), counts(3, 1500, 0, 0))).toBe("learning");
  });
  test("records are people, duplicates and unusable ones", () => {
    const read = (records: number) =>
      reading(2, "crm", { size: 90, metrics: { records, duplicates: 6, invalid: 4 } });
    expect(found(inputOf({ history: [read(101)], audience: AUDIENCE }))).toMatchObject([
      { subject: "records", observed: 1 },
    ]);
    expect(found(inputOf({ history: [read(100)], audience: AUDIENCE }))).toBe("no_data");
  });
});
