import { describe, expect, test } from "vitest";
import type { SyncRun } from "../core/facts.ts";
import type { CheckInput, KnownChange } from "../core/finding.ts";
import { type Instant, instant } from "../core/model.ts";
import { AUDIENCE, at, CONFIG, inputOf, reading, WRITER } from "../test/property/checks-input.ts";
import { likelyCause, staleCause } from "./cause.ts";
import { freshness } from "./freshness.ts";
import { overdueSince } from "./sync-runs.ts";

/** 02:30 in Berlin is 00:30 UTC in September; readings are at 04:00 UTC. */
const night = (day: number, minutes = 0): Instant =>
  instant(new Date(Date.parse(at(day)) - (210 - minutes) * 60_000));
const run = (day: number, over: Partial<SyncRun> = {}): SyncRun => ({
  job: WRITER.name,
  id: `run-${day}`,
  state: "succeeded",
  startedAt: night(day),
  endedAt: night(day, 5),
  rowsRead: 5000,
  rowsWritten: 40,
  rowsFailed: 0,
  receivedAt: night(day, 6),
  ...over,
});
const config = { ...CONFIG, writers: [WRITER] };
const history = [0, 1, 2].map((d) => reading(d, "crm", { size: 5000 }));
const cause = (given: Partial<CheckInput>, fewer = true) =>
  likelyCause(inputOf({ history, config, ...given }), at(2), { fewer });
const NONE = { certainty: "unclear", text: null };

describe("what a sync tool tells of its runs is a cause", () => {
  test("the last run failed, and a retry that went well takes that back", () => {
    const failed = run(2, { state: "failed" });
    expect(cause({ syncRuns: [run(1), failed] })).toEqual({
      certainty: "confirmed",
      text: "the job “nightly sync” failed at 02:35 CEST",
    });
    const retried = run(2, { id: "again", startedAt: night(2, 30), endedAt: night(2, 40) });
    expect(cause({ syncRuns: [run(1), failed, retried] })).toEqual(NONE);
    const running = run(2, { id: "again", startedAt: night(2, 30), endedAt: null, state: "running" });
    expect(cause({ syncRuns: [run(1), failed, running] }).certainty).toBe("confirmed");
  });

  test("neither a failure after the trouble nor one from long before explains it", () => {
    expect(cause({ syncRuns: [run(1), run(3, { state: "failed" }), run(2)].sort(byStart), config })).toEqual(
      NONE,
    );
    const old = run(-3, { state: "failed" });
    expect(
      cause({ syncRuns: [old], config: { ...config, writers: [{ ...WRITER, schedule: null }] } }),
    ).toEqual(NONE);
  });

  test("a run that is due and did not start", () => {
    expect(cause({ syncRuns: [run(0), run(1)] })).toEqual({
      certainty: "confirmed",
      text: "the job “nightly sync” was due at 02:30 CEST, and its last run started at Wed 02:30 CEST",
    });
    const input = inputOf({ history, config, syncRuns: [run(0), run(1)] });
    // nobody leaves a copy because a job did not run
    expect(likelyCause(input, at(2), { moved: true })).toEqual(NONE);
  });

  test("a run that wrote nothing, where people are missing and it usually writes", () => {
    const empty = run(2, { rowsWritten: 0 });
    expect(cause({ syncRuns: [run(1), empty] })).toEqual({
      certainty: "likely",
      text: "the job “nightly sync” wrote 0 rows at 02:35 CEST, 40 the time before",
    });
    expect(cause({ syncRuns: [run(1), empty] }, false)).toEqual(NONE);
    expect(cause({ syncRuns: [run(1, { rowsWritten: 0 }), empty] })).toEqual(NONE);
    expect(cause({ syncRuns: [run(1), run(2, { rowsWritten: null })] })).toEqual(NONE);
  });

  test("runs of jobs that fill other lists say nothing here", () => {
    const elsewhere = { ...config, writers: [{ ...WRITER, audiences: [] }] };
    expect(cause({ syncRuns: [run(2, { state: "failed" })], config: elsewhere })).toEqual(NONE);
  });

  test("a copy that stands still: the job that failed, or says that it went well", () => {
    const still = [0, 1, 2, 3].map((d) => reading(d, "crm", { size: 5000, asOf: at(0) }));
    const runs = [run(1), run(2), run(3, { state: "failed" })];
    expect(staleCause(inputOf({ history: still, config, syncRuns: runs }))?.text).toMatch(/failed at 02:35/);
    const outcome = freshness.run(inputOf({ history: still, config, syncRuns: [run(1), run(2), run(3)] }));
    expect(outcome.status === "fail" && outcome.findings[0].cause).toEqual({
      certainty: "likely",
      text: "the sync “nightly sync” says that it succeeded at 02:35 CEST, but nothing of it arrived",
    });
  });
});

const byStart = (a: SyncRun, b: SyncRun) => a.startedAt.localeCompare(b.startedAt);

describe("overdue", () => {
  const due = (over: Partial<typeof WRITER>, runs: readonly SyncRun[], now: Instant) =>
    overdueSince({ ...WRITER, ...over }, runs, now, "Europe/Berlin");
  test("only an hour after its time, and only of tools that ever told us", () => {
    expect(due({}, [run(1)], night(2, 59))).toBeNull();
    expect(due({}, [run(1)], night(2, 60))).toBe(night(2));
    expect(due({}, [run(1), run(2)], night(2, 60))).toBeNull();
    expect(due({}, [], night(2, 60))).toBeNull();
    expect(due({ schedule: null }, [run(1)], night(9))).toBeNull();
    expect(due({ enabled: false }, [run(1)], night(9))).toBeNull();
  });
  test("a clock that runs two minutes ahead makes nothing overdue", () => {
    expect(due({}, [run(2, { startedAt: night(2, -2) })], night(2, 90))).toBeNull();
  });
});

describe("the rule of a segment as a cause", () => {
  const change = (over: Partial<KnownChange>): KnownChange => ({
    at: night(2),
    system: AUDIENCE.segments[1]?.system ?? null,
    audience: AUDIENCE.id,
    certainty: "likely",
    text: "the rule of “Active” in CRM was changed",
    ...over,
  });
  test("dated by the vendor between the reads it outranks a failed job, undated it does not", () => {
    const syncRuns = [run(1), run(2, { state: "failed" })];
    expect(cause({ changes: [change({ certainty: "confirmed" })], syncRuns })).toEqual({
      certainty: "confirmed",
      text: "the rule of “Active” in CRM was changed at 02:30 CEST",
    });
    expect(cause({ changes: [change({})], syncRuns }).text).toMatch(/failed/);
    expect(cause({ changes: [change({})] }).certainty).toBe("likely");
  });
  test("the owner's rule reaches every copy; another audience's or another copy's does not", () => {
    expect(cause({ changes: [change({ system: AUDIENCE.owner })] }).certainty).toBe("likely");
    expect(cause({ changes: [change({ audience: "trial" as never })] })).toEqual(NONE);
    expect(cause({ changes: [change({ system: "news" as never })] })).toEqual(NONE);
    expect(cause({ changes: [change({ at: night(2, 400) })] })).toEqual(NONE);
  });
});
