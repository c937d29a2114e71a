import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { personKey } from "../../core/model.ts";
import { changesOfPlan } from "../../store/changes-of-plan.ts";
import { holdLease } from "../../store/hold-lease.ts";
import { planStore } from "../../store/plan-store.ts";
import { planSummaries } from "../../store/plan-summaries.ts";
import { undoOfPlan } from "../../store/undo-of-plan.ts";
import { planHash } from "../../sync/hash.ts";
import { aChange, aPlan, createPlanOf } from "../contract/plan-samples.ts";
import { planStoreContract } from "../contract/plan-store.ts";
import { SERVERS, type TestDatabase, testDatabase } from "../setup/database.ts";

describe.each(SERVERS)("plans on %s", (server) => {
  let made: TestDatabase;
  beforeAll(async () => {
    made = await testDatabase(server);
  });
  afterAll(() => made.drop());

  planStoreContract("Postgres", async () => {
    await made.asOwner("truncate plan, change, approval, plan_lease, journal restart identity cascade");
    return planStore(made.db);
  });

  test("27,000 changes are kept and read back in seconds", async () => {
    const store = planStore(made.db);
    const doc = aPlan(Array.from({ length: 27_000 }, (_, n) => aChange(n, { sealed: "x".repeat(120) })));
    const hash = planHash(doc);
    const before = performance.now();
    const { id } = await store.create(doc, hash, [], "refused");
    expect(performance.now() - before).toBeLessThan(10_000); // below 1 s on a quiet machine; row by row it would be a minute
    const plan = await store.get(id);
    expect(plan && planHash(plan.doc)).toBe(hash);
    expect(await changesOfPlan(made.db, id, { op: "remove", limit: 2, offset: 1 })).toMatchObject([
      { n: 5 },
      { n: 9 },
    ]);
    expect((await planSummaries(made.db, 1))[0]).toMatchObject({
      id,
      changes: 27_000,
      ops: { suppress: 6750, remove: 6750, add: 6750, set: 6750 },
      systems: ["ghost"],
    });
  });

  test("nobody takes a lease over between the look at its fence and the commit", async () => {
    const store = planStore(made.db);
    const { id } = await createPlanOf(store, 1);
    const held = await store.acquire(id, "a", 0); // over at once: only the row's lock protects it
    const order: string[] = [];
    let taking: Promise<unknown> = Promise.resolve();
    await made.db.tx(async (sql) => {
      await holdLease(sql, held!);
      taking = store.acquire(id, "b", 60).then((lease) => order.push(`taken with fence ${lease?.fence}`));
      await new Promise((resolve) => setTimeout(resolve, 200));
      order.push("committing");
    });
    await taking;
    expect(order).toEqual(["committing", "taken with fence 2"]);
  });

  test("what Postgres cannot give back unchanged is refused", async () => {
    const store = planStore(made.db);
    const nul = aPlan([aChange(0)], { author: "A\0na" });
    await expect(store.create(nul, planHash(nul), [], "author")).rejects.toMatchObject({ kind: "bad_data" });
    const raw = aPlan([aChange(0, { person: personKey("ana@example.com") })]);
    await expect(store.create(raw, planHash(raw), [], "author")).rejects.toThrow(/not a key/);
    const gap = aPlan([aChange(1)]);
    await expect(store.create(gap, planHash(gap), [], "author")).rejects.toThrow(/not its place/);
  });

  test("the plan that undoes another is found", async () => {
    const store = planStore(made.db);
    const doc = aPlan([aChange(0)]);
    const { id } = await store.create(doc, planHash(doc), [], "author");
    expect(await undoOfPlan(made.db, id)).toBeNull();
    const undo = aPlan([], { undoes: id });
    const { id: undoId } = await store.create(undo, planHash(undo), [], "author");
    expect(await undoOfPlan(made.db, id)).toEqual({ id: undoId, state: "draft" });
  });
});
