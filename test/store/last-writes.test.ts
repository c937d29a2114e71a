import { expect, onTestFinished, test } from "vitest";
import { systemId } from "../../core/model.ts";
import { lastWrites } from "../../store/last-writes.ts";
import { planStore } from "../../store/plan-store.ts";
import { aChange, at, createPlanOf } from "../contract/plan-samples.ts";
import { testDatabase } from "../setup/database.ts";

test("our own writes count from the first moment that they may have happened, and only those", async () => {
  const { db, drop } = await testDatabase();
  onTestFinished(drop);
  const store = planStore(db);
  const { id } = await createPlanOf(store, 5);
  const lease = await store.acquire(id, "one", 60);
  if (lease === null) throw new Error("no lease");
  await store.intent(lease, [0, 1, 2], at("06:10:00"), [null, null, null]);
  await store.outcome(
    lease,
    [
      { n: 0, end: "applied", because: null },
      { n: 1, end: "failed", because: "refused" },
      { n: 3, end: "already_so", because: null },
    ],
    at("06:11:00"),
  );
  const ghost = systemId("ghost");
  const person = (n: number) => aChange(n).person;
  const found = await lastWrites(db, [ghost, systemId("crm")], at("06:00:00"));
  // 2 is in doubt: it may have happened
  expect(new Map(found.get(ghost))).toEqual(
    new Map([
      [person(0), at("06:11:00")],
      [person(2), at("06:10:00")],
    ]),
  );
  expect((await lastWrites(db, [systemId("crm")], at("06:00:00"))).size).toBe(0);
  expect([...((await lastWrites(db, [ghost], at("06:10:30"))).get(ghost) ?? [])]).toEqual([
    [person(0), at("06:11:00")],
  ]);
});
