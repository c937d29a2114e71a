import { beforeEach, describe, expect, test } from "vitest";
import type { PlanStore } from "../../core/ports.ts";
import type { PlanDoc } from "../../core/repair.ts";
import { planHash, verifyHash } from "../../sync/hash.ts";
import { planJournalContract } from "./plan-journal.ts";
import { aChange, aPlan, at, createPlanOf } from "./plan-samples.ts";

/**
 * The rules every PlanStore keeps: Postgres, and the one in memory that property tests use.
 *
 * @param make an empty store; called before each test
 */
export function planStoreContract(name: string, make: () => Promise<PlanStore>): void {
  describe(`PlanStore contract: ${name}`, () => {
    let store: PlanStore;
    const create = (changes: number, over: Partial<PlanDoc> = {}) => createPlanOf(store, changes, over);
    beforeEach(async () => {
      store = await make();
    });

    describe("the document", () => {
      test("reads back byte for byte, and its hash verifies", async () => {
        const doc = aPlan([
          aChange(0),
          aChange(1),
          aChange(2),
          aChange(3, {
            before: {
              inSegment: true,
              value: "0a1b2c3d",
              version: '2026-11-23T06:00:00.1+01:00 "é" \\u0041',
            },
          }),
        ]);
        const { id } = await store.create(
          doc,
          planHash(doc),
          [{ guard: "size_limit", verdict: "pass", title: "Size limit", because: "4 of 1,000" }],
          "second_person",
        );
        const plan = await store.get(id);
        expect(JSON.stringify(plan?.doc)).toBe(JSON.stringify(doc));
        expect(plan && verifyHash(plan)).toBe(true);
        expect(plan).toMatchObject({
          id,
          state: "draft",
          need: "second_person",
          approvals: [],
          stopRequestedBy: null,
          startedAt: null,
          endedAt: null,
          because: null,
        });
        expect(plan?.guards).toHaveLength(1);
      });
      test("hostile names stay what they are", async () => {
        const rule = "=cmd|'/C calc'!A0 <script>alert(1)</script> '); drop table plan;-- \u202e __proto__";
        const doc = aPlan([aChange(0, { rule })], {
          author: 'O\'Hara "the" \\ 你好 🦉',
          sizes: JSON.parse('{"__proto__": 3}') as Record<string, number>,
        });
        const { id } = await store.create(doc, planHash(doc), [], "author");
        const plan = await store.get(id);
        expect(plan && verifyHash(plan)).toBe(true);
        expect(plan?.doc.changes[0]?.rule).toBe(rule);
      });
      test("an unknown plan is null; the list has the newest first", async () => {
        expect(await store.get(987_654)).toBeNull();
        const first = await create(1);
        const second = await create(2, { undoes: first.id });
        expect((await store.list()).map((p) => p.id)).toEqual([second.id, first.id]);
        expect((await store.list())[0]?.doc.undoes).toBe(first.id);
      });
    });

    describe("states", () => {
      test("move only from one of the given states, once", async () => {
        const { id } = await create(1);
        expect(await store.move(id, ["approved"], "applying", at("06:01:00"), null)).toBe(false);
        const moved = await Promise.all(
          Array.from({ length: 8 }, () =>
            store.move(id, ["draft", "checked"], "approved", at("06:01:00"), null),
          ),
        );
        expect(moved.filter(Boolean)).toHaveLength(1);
        expect((await store.get(id))?.state).toBe("approved");
        expect(await store.move(987_654, ["draft"], "done", at("06:01:00"), null)).toBe(false);
      });
      test("start and end keep their times, the end its reason", async () => {
        const { id } = await create(1);
        await store.move(id, ["draft"], "applying", at("06:02:00"), null);
        await store.move(id, ["applying"], "stopped", at("06:03:00"), "stopped by Ben");
        expect(await store.get(id)).toMatchObject({
          state: "stopped",
          startedAt: at("06:02:00"),
          endedAt: at("06:03:00"),
          because: "stopped by Ben",
        });
        await store.move(id, ["stopped"], "applying", at("06:04:00"), null);
        expect(await store.get(id)).toMatchObject({
          state: "applying",
          startedAt: at("06:02:00"),
          endedAt: null,
          because: null,
        });
      });
      test("guards can be judged anew", async () => {
        const { id } = await create(1);
        await store.setGuards(
          id,
          [{ guard: "size_limit", verdict: "fail", title: "Size limit", because: "34 %" }],
          "refused",
        );
        expect(await store.get(id)).toMatchObject({ need: "refused", guards: [{ verdict: "fail" }] });
      });
      test("guards are not judged anew once it has started", async () => {
        const { id } = await create(1);
        await store.move(id, ["draft"], "applying", at("06:02:00"), null);
        await store.setGuards(id, [], "refused");
        expect(await store.get(id)).toMatchObject({ need: "author" });
      });
      test("an approval binds the hash and counts once per person", async () => {
        const plan = await create(1);
        const approval = { person: "Ben", at: at("06:05:00"), hash: plan.hash, confirmed: "PL-1 1" };
        await store.approve(plan.id, approval);
        await store.approve(plan.id, { ...approval, at: at("06:06:00") });
        expect((await store.get(plan.id))?.approvals).toEqual([{ ...approval, most: null }]);
        await expect(
          store.approve(plan.id, { ...approval, person: "Eve", hash: "0".repeat(64) }),
        ).rejects.toMatchObject({ kind: "stale" });
      });
      test("a stop stays asked for, by the first who asked", async () => {
        const { id } = await create(1);
        expect(await store.stopRequested(id)).toBe(false);
        await store.requestStop(id, "Ben");
        await store.requestStop(id, "Ana");
        expect(await store.stopRequested(id)).toBe(true);
        expect((await store.get(id))?.stopRequestedBy).toBe("Ben");
      });
    });

    planJournalContract(make);
  });
}
