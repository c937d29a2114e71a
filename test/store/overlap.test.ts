import { afterAll, beforeAll, expect, test } from "vitest";
import type { Overlap } from "../../core/comparison.ts";
import { audienceId, systemId } from "../../core/model.ts";
import { auditStore } from "../../store/audit-store.ts";
import { insertOverlap } from "../../store/insert-overlap.ts";
import { latestOverlaps } from "../../store/latest-overlaps.ts";
import { pruneSnapshots } from "../../store/prune-snapshots.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { aRun, at } from "./samples.ts";

let made: TestDatabase;
beforeAll(async () => {
  made = await testDatabase();
  const store = auditStore(made.db);
  await store.startRun(aRun(1), "audit", "scheduled", at("06:00", 20));
  await store.startRun(aRun(2), "audit", "scheduled", at("06:00", 21));
});
afterAll(() => made.drop());

const overlap = (run: number, system: string, people: number, audiences = ["active", "trial"]): Overlap => ({
  runId: aRun(run),
  system: systemId(system),
  audiences: audiences.map(audienceId),
  masks: { "1": 10, "3": people },
  settled: {},
});

test("each system shows what its last run found, all blocks of it; old runs are forgotten", async () => {
  const all = [
    overlap(1, "ghost", 1),
    overlap(1, "crm", 2),
    overlap(2, "ghost", 3),
    overlap(2, "ghost", 4, ["active", "vip"]),
  ];
  for (const o of all) await insertOverlap(made.db, o);
  expect(await latestOverlaps(made.db)).toEqual([all[1], all[2], all[3]]);
  await pruneSnapshots(made.db, at("00:00", 21));
  expect(await latestOverlaps(made.db)).toEqual([all[2], all[3]]);
});
