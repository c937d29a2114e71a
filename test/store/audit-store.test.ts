import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { audienceId, systemId } from "../../core/model.ts";
import type { AuditStore } from "../../core/ports.ts";
import { auditStore } from "../../store/audit-store.ts";
import { changeIncident } from "../../store/change-incident.ts";
import { flaggedSnapshots } from "../../store/flagged-snapshots.ts";
import { interruptRuns } from "../../store/interrupt-runs.ts";
import { knownSetFiles } from "../../store/known-set-files.ts";
import { latestComparisons } from "../../store/latest-comparisons.ts";
import { latestSnapshots } from "../../store/latest-snapshots.ts";
import { listRuns } from "../../store/list-runs.ts";
import { mailableHistory } from "../../store/mailable-history.ts";
import { pruneSnapshots } from "../../store/prune-snapshots.ts";
import { resultsOfRun } from "../../store/results-of-run.ts";
import { snapshotsSince } from "../../store/snapshots-since.ts";
import { SERVERS, type TestDatabase, testDatabase } from "../setup/database.ts";
import { aComparison, aFinding, aRun, aSnapshot, at, RUN } from "./samples.ts";

const ACTIVE = audienceId("active");
const GHOST = systemId("ghost");

describe.each(SERVERS)("the audit's store on %s", (server) => {
  let made: TestDatabase;
  let store: AuditStore;
  beforeAll(async () => {
    made = await testDatabase(server);
    store = auditStore(made.db);
  });
  beforeEach(async () => {
    await made.asOwner("truncate run cascade");
    await store.startRun(RUN, "audit", "scheduled", at("06:00"));
  });
  afterAll(() => made.drop());

  test("a snapshot reads back as it was written", async () => {
    const snapshot = aSnapshot({ ordinal: 3, setFile: "sets/active@ghost/00000003.pls", failure: null });
    const base = aSnapshot({ id: "b", audience: null, metrics: {}, fields: {}, attributes: {} });
    await store.insertSnapshot(snapshot);
    await store.insertSnapshot(base);
    expect(await store.snapshots(ACTIVE, GHOST, 10)).toEqual([snapshot]);
    expect(await store.snapshots(null, GHOST, 10)).toEqual([base]);
  });

  test("history is the latest, oldest first", async () => {
    for (const day of [21, 23, 20, 22])
      await store.insertSnapshot(aSnapshot({ id: `d${day}`, takenAt: at("06:00", day) }));
    expect((await store.snapshots(ACTIVE, GHOST, 3)).map((s) => s.id)).toEqual(["d21", "d22", "d23"]);
    expect((await snapshotsSince(made.db, at("06:00", 22))).map((s) => s.id)).toEqual(["d22", "d23"]);
  });

  test("any text of another system can be kept", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: "binary", maxLength: 20 }),
        fc.string({ unit: "grapheme", maxLength: 20 }),
        async (because, field) => {
          await made.db.query("delete from snapshot");
          await store.insertSnapshot(
            aSnapshot({
              because: `${because}\0`,
              fields: Object.fromEntries([[`${field}\0\ud800\\u0000`, "text"]]),
            }),
          );
          const [read] = await store.snapshots(ACTIVE, GHOST, 1);
          expect(read?.because).toBe(Buffer.from(`${because}\0`.replaceAll("\0", "\ufffd")).toString());
          expect(Object.keys(read?.fields ?? {})).toHaveLength(1);
          expect(Object.keys(read?.fields ?? {})[0]).toContain("\\u0000");
        },
      ),
      { numRuns: 40 },
    );
  });

  test("two audits cannot take the same place in a segment's history", async () => {
    await store.insertSnapshot(aSnapshot({ id: "a", ordinal: 7 }));
    await expect(store.insertSnapshot(aSnapshot({ id: "b", ordinal: 7 }))).rejects.toMatchObject({
      kind: "stale",
    });
    await store.insertSnapshot(aSnapshot({ id: "c", ordinal: 7, audience: null }));
    await expect(
      store.insertSnapshot(aSnapshot({ id: "d", ordinal: 7, audience: null })),
    ).rejects.toMatchObject({ kind: "stale" });
    await store.insertSnapshot(aSnapshot({ id: "e", ordinal: 7, epoch: 1 }));
  });

  test("the latest reading and the latest complete one of every segment", async () => {
    await store.insertSnapshot(aSnapshot({ id: "old", takenAt: at("06:00", 21) }));
    await store.insertSnapshot(aSnapshot({ id: "good", takenAt: at("06:00", 22) }));
    await store.insertSnapshot(aSnapshot({ id: "cut", coverage: "partial", failure: "transient" }));
    await store.insertSnapshot(aSnapshot({ id: "base", audience: null }));
    expect((await latestSnapshots(made.db, "any")).map((s) => s.id).sort()).toEqual(["base", "cut"]);
    expect((await latestSnapshots(made.db, "complete")).map((s) => s.id).sort()).toEqual(["base", "good"]);
  });

  test("runs end once and list their readings", async () => {
    await store.insertSnapshot(aSnapshot());
    await store.insertSnapshot(
      aSnapshot({ id: "cut", audience: null, coverage: "unusable", because: "401", metrics: {} }),
    );
    await store.endRun(RUN, at("06:05"), "done", { reads: 2 });
    await store.endRun(RUN, at("06:09"), "failed", {});
    await store.startRun(aRun(2), "audit", "manual", at("07:00"));
    expect(await listRuns(made.db, 10)).toEqual([
      {
        id: "r-2",
        kind: "audit",
        trigger: "manual",
        startedAt: at("07:00"),
        endedAt: null,
        state: "running",
        reads: [],
      },
      {
        id: "r-1",
        kind: "audit",
        trigger: "scheduled",
        startedAt: at("06:00"),
        endedAt: at("06:05"),
        state: "done",
        reads: [
          {
            system: "ghost",
            audience: "active",
            coverage: "complete",
            because: "last page said next: null",
            size: 1200,
          },
          { system: "ghost", audience: null, coverage: "unusable", because: "401", size: null },
        ],
      },
    ]);
    expect(await interruptRuns(made.db, at("07:00"), at("08:00"))).toBe(0);
    expect(await interruptRuns(made.db, at("07:01"), at("08:00"))).toBe(1);
  });

  test("comparisons, and how many could be mailed over time", async () => {
    await store.startRun(aRun(2), "audit", "scheduled", at("06:00"));
    const first = aComparison({ asOf: at("06:00", 22) });
    const second = aComparison({
      runId: aRun(2),
      perSystem: { ghost: { ...aComparison().perSystem.ghost!, mailableOptedOut: null } },
    });
    await store.insertComparison(second);
    await store.insertComparison(first);
    expect(await store.comparisons(ACTIVE, 10)).toEqual([first, second]);
    expect(await latestComparisons(made.db)).toEqual([second]);
    expect(await mailableHistory(made.db, at("00:00", 1))).toEqual([
      { at: at("06:00", 22), audience: "active", system: "ghost", people: 12 },
      { at: at("06:00"), audience: "active", system: "ghost", people: null },
    ]);
  });

  test("the comparison made last counts, also when a copy went back in time", async () => {
    await store.startRun(aRun(2), "audit", "scheduled", at("07:00"));
    const before = aComparison({ asOf: at("06:00", 22) });
    const after = aComparison({ runId: aRun(2), asOf: at("06:00", 20) });
    await store.insertComparison(after);
    await store.insertComparison(before);
    expect(await latestComparisons(made.db)).toEqual([after]);
    expect(await store.comparisons(ACTIVE, 10)).toEqual([before, after]);
  });

  test("results keep their kind; only an abnormal size flags a reading", async () => {
    await store.insertSnapshot(aSnapshot({ id: "abnormal" }));
    await store.insertSnapshot(aSnapshot({ id: "other", audience: audienceId("trial") }));
    const results = [
      {
        check: "disagreement",
        audience: audienceId("trial"),
        system: GHOST,
        outcome: { status: "fail", findings: [aFinding({ check: "disagreement" })] },
      },
      { check: "latency", audience: ACTIVE, system: GHOST, outcome: { status: "skip", because: "learning" } },
      {
        check: "size_anomaly",
        audience: ACTIVE,
        system: GHOST,
        outcome: { status: "fail", findings: [aFinding()] },
      },
      { check: "run_failure", audience: null, system: GHOST, outcome: { status: "pass" } },
    ] as const;
    await store.insertResults(RUN, at("06:05"), results);
    await store.insertResults(RUN, at("06:05"), []);
    expect(await resultsOfRun(made.db, RUN)).toEqual(expect.arrayContaining([...results]));
    expect(await flaggedSnapshots(made.db, ACTIVE, GHOST)).toEqual(new Set(["abnormal"]));
    expect(await flaggedSnapshots(made.db, audienceId("trial"), GHOST)).toEqual(new Set());
    const finding = aFinding({ check: "size_anomaly", audience: ACTIVE, system: GHOST });
    const [incident] = await store.applyTransitions(
      [{ kind: "open", fingerprint: "f", finding }],
      RUN,
      at("06:05"),
    );
    const said = { action: "dismiss", version: 1, actor: "Ana", until: null, note: null } as const;
    await changeIncident(made.db, { ...said, id: incident?.id ?? 0, at: at("06:40") });
    expect(await flaggedSnapshots(made.db, ACTIVE, GHOST)).toEqual(new Set()); // not a problem: it is normal
  });

  test("retention forgets old readings, not the last complete one, and names the files to delete", async () => {
    await store.insertSnapshot(aSnapshot({ id: "1", takenAt: at("06:00", 1), setFile: "1.pls" }));
    await store.insertSnapshot(aSnapshot({ id: "2", takenAt: at("06:00", 2), setFile: "2.pls" }));
    await store.insertSnapshot(aSnapshot({ id: "3", takenAt: at("06:00", 3), coverage: "partial" }));
    await store.insertComparison(aComparison({ asOf: at("06:00", 1) }));
    expect(await pruneSnapshots(made.db, at("00:00", 10))).toEqual(["1.pls"]);
    expect((await store.snapshots(ACTIVE, GHOST, 9)).map((s) => s.id)).toEqual(["2"]);
    expect(await store.comparisons(ACTIVE, 9)).toEqual([]);
    expect(await knownSetFiles(made.db)).toEqual(new Set(["2.pls"]));
  });
});
