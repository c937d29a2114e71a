import { describe, expect, test } from "vitest";
import type { SyncRun } from "../core/facts.ts";
import { audienceId, type Snapshot, systemId } from "../core/model.ts";
import { AUDIENCE, at, CONFIG, inputOf, reading, runOf, WRITER } from "../test/property/checks-input.ts";
import { runChecks } from "./registry.ts";
import { syncFailure } from "./sync-failure.ts";

const config = { ...CONFIG, writers: [WRITER] };
const NOW = 30;
/** One run a day, the last this morning: "+" succeeded, "x" failed, "…" still runs. */
const runs = (line: string, last: Partial<SyncRun> = {}): SyncRun[] =>
  [...line].map((c, i) => ({
    job: WRITER.name,
    id: `s${i}`,
    state: c === "+" ? "succeeded" : c === "x" ? "failed" : "running",
    startedAt: at(NOW - line.length + i + 0.9),
    endedAt: c === "…" ? null : at(NOW - line.length + i + 0.95),
    rowsRead: 5000,
    rowsWritten: 5000,
    rowsFailed: 0,
    receivedAt: at(NOW - line.length + i + 0.95),
    ...(i === line.length - 1 ? last : {}),
  }));
const run = (syncRuns: readonly SyncRun[], history: readonly Snapshot[] = [reading(NOW, "crm")]) => {
  const o = syncFailure.run(inputOf({ history, config, syncRuns }));
  return o.status === "fail" ? o.findings : o.status === "skip" ? o.because : o.status;
};

describe("runs", () => {
  test("surely more than one in ten, and one of them lately", () => {
    // Wilson 95 %, SciPy 1.17.1: 5 of 20 is at least 11.2 %, 4 of 20 at least 8.1 %, 2 of 5 at least 11.8 %
    expect(run(runs("+++x+++x++x+++x+++x+"))).toMatchObject([
      {
        audience: null,
        subject: "runs of nightly sync",
        title: "“nightly sync” often fails to fill CRM",
        moved:
          "5 of 20 of its last runs failed; the last whole one ended 04:48 CEST. Normal is next to none.",
        maths: { "Share, at least (Wilson, 95 %)": "11 %" },
      },
    ]);
    expect(run(runs("+++x+++x++x+++x+++++"))).toBe("pass");
    expect(run(runs("+++x+++x++x+++++++x+"))).toBe("pass");
    expect(run(runs("x++x+"))).toMatchObject([{ observed: 2 }]);
    // all of the last five succeeded: what failed before is mended
    expect(run(runs(`${"x".repeat(10)}${"+".repeat(6)}`))).toBe("pass");
  });
  test("one that still runs has not failed; four are too few; another job's are not counted", () => {
    expect(run(runs("x+x+…"))).toBe("pass"); // its rows are told, its runs are too few
    expect(run(runs("xxxx"))).toBe("learning");
    expect(run(runs("xxxxxx").map((r) => ({ ...r, job: "another" })))).toBe("not_collected");
    expect(run(runs("xxxxx"))).toMatchObject([{ moved: expect.stringContaining("none of them was whole") }]);
  });
});

describe("rows of the last run", () => {
  test("invalid and refused ones, of those it tried", () => {
    expect(run(runs("++++++", { rowsWritten: 4900, rowsFailed: 100 }))).toMatchObject([
      { subject: "rows of nightly sync", people: 100, title: "CRM refuses 100 rows of “nightly sync”" },
    ]);
    // Wilson 95 %: 60 of 5,000 is at least 0.93 %
    expect(run(runs("++++++", { rowsWritten: 4940, rowsFailed: 60 }))).toBe("pass");
    expect(run(runs("++++++", { rowsWritten: 30, rowsFailed: 20 }))).toBe("pass");
  });
  test("rows of a run that failed as a whole are not counted again; unknown rows are not zero", () => {
    expect(run(runs("+++++x", { rowsWritten: 0, rowsFailed: 5000 }))).toBe("pass");
    const untold = runs("++++", { rowsFailed: null }).map((r) => ({ ...r, rowsFailed: null }));
    expect(run(untold)).toBe("learning");
  });
});

describe("our own reads", () => {
  const read = (d: number, throttled: number, requests: number, waitedMs = 0, tookMs = 60_000): Snapshot => {
    const one = { quality: "exact", settled: true, observedAt: at(d) } as const;
    return {
      ...reading(d, "crm"),
      metrics: {
        throttled: { numerator: throttled, denominator: requests, ...one },
        waited_ms: { numerator: waitedMs, denominator: tookMs, ...one },
      },
    };
  };
  const reads = (...args: Parameters<typeof read> extends [number, ...infer R] ? [R] : never) =>
    Array.from({ length: 5 }, (_, i) => read(NOW - 4 + i, ...args[0]));

  test("turned away too often, or told to wait too long", () => {
    expect(run([], reads([40, 400]))).toMatchObject([
      { audience: null, subject: "throttled", maths: { "Turned away (429)": 200, Requests: 2000 } },
    ]);
    expect(run([], reads([2, 400, 400_000, 600_000]))).toMatchObject([
      { moved: expect.stringContaining("It asked us to wait 33 minutes in all, 67 % of the time.") },
    ]);
    expect(run([], reads([10, 400]))).toBe("pass"); // 2.5 %
    expect(run([], reads([0, 400, 5000, 6000]))).toBe("pass"); // long in share, not in time
    expect(run([], reads([3, 10]))).toBe("learning");
  });
  test("a read that was cut short by it counts", () => {
    const cut = reads([40, 400]).map((s) => ({ ...s, coverage: "partial" as const }));
    expect(run([], cut)).toMatchObject([{ subject: "throttled" }]);
  });
  test("a system whose requests are not counted, and no sync tool that tells", () => {
    expect(run([])).toBe("not_collected");
    expect(syncFailure.run({ ...inputOf({ history: [reading(NOW, "crm")] }), runId: runOf(31) })).toEqual({
      status: "skip",
      because: "no_data",
    });
  });
});

test("two audiences of one system have one incident", () => {
  const inputs = ["active", "vip"].map((id) =>
    inputOf({
      audience: { ...AUDIENCE, id: audienceId(id), title: id },
      system: CONFIG.systems.find((s) => s.id === systemId("crm"))!,
      history: [reading(NOW, "crm")],
      config,
      syncRuns: runs("xxxxxx"),
    }),
  );
  const found = runChecks(inputs).flatMap((r) =>
    r.check === "sync_failure" && r.outcome.status === "fail" ? r.outcome.findings : [],
  );
  expect(found).toHaveLength(2);
  expect(found[0]).toEqual(found[1]);
});
