import { beforeEach, describe, expect, test } from "vitest";
import { audienceId, systemId } from "../../core/model.ts";
import type { Lease, PlanStore } from "../../core/ports.ts";
import type { ListRef, Op } from "../../core/repair.ts";
import { planHash } from "../../sync/hash.ts";
import { mostOf } from "../../sync/most.ts";
import { aChange, aPlan, at, createPlanOf } from "./plan-samples.ts";

const NONE = {
  applied: 0,
  already_so: 0,
  skipped_consent: 0,
  skipped_drift: 0,
  failed: 0,
  unknown: 0,
  waiting: 0,
  in_doubt: 0,
};

/** Part of the PlanStore contract: the lease, the journal under its fence, and what counts as an effect. */
export function planJournalContract(make: () => Promise<PlanStore>): void {
  describe("lease and journal", () => {
    let store: PlanStore;
    beforeEach(async () => {
      store = await make();
    });
    const create = (changes: number) => createPlanOf(store, changes);
    const lease = async (planId: number, holder = "a", seconds = 60): Promise<Lease> => {
      const held = await store.acquire(planId, holder, seconds);
      if (held === null) throw new Error(`${holder} did not get the lease`);
      return held;
    };

    describe("the lease", () => {
      test("has one holder until it runs out; every taking has a greater fence", async () => {
        const { id } = await create(1);
        const first = await lease(id, "a");
        expect(await store.acquire(id, "b", 60)).toBeNull();
        const again = await lease(id, "a", 0); // the holder's own, and over at once
        expect(again.fence).toBeGreaterThan(first.fence);
        const other = await lease(id, "b");
        expect(other.fence).toBeGreaterThan(again.fence);
        expect(await store.renew(again, 60)).toBe(false);
        expect(await store.renew(other, 60)).toBe(true);
      });
      test("goes to exactly one of many who ask at once", async () => {
        const { id } = await create(1);
        const asked = await Promise.all(
          Array.from({ length: 10 }, (_, i) => store.acquire(id, `holder ${i}`, 60)),
        );
        expect(asked.filter((l) => l !== null)).toHaveLength(1);
      });
      test("is free after a release, and its fence never starts anew", async () => {
        const { id } = await create(1);
        const first = await lease(id, "a");
        await store.release(first);
        await store.release(first);
        expect(await store.renew(first, 60)).toBe(false);
        await expect(store.intent(first, [0], at("06:10:00"), [null])).rejects.toMatchObject({
          kind: "stale",
        });
        expect((await lease(id, "b")).fence).toBeGreaterThan(first.fence);
      });
      test("that ran out but was not taken may be renewed", async () => {
        const { id } = await create(1);
        expect(await store.renew(await lease(id, "a", 0), 60)).toBe(true);
        expect(await store.acquire(id, "b", 60)).toBeNull();
      });
      test("of an unknown plan does not exist", async () => {
        await expect(store.acquire(987_654, "a", 60)).rejects.toMatchObject({ kind: "not_found" });
      });
    });

    describe("the journal", () => {
      test("waiting → in doubt → end; the counts sum to the plan", async () => {
        const { id } = await create(8);
        expect(await store.counts(id)).toEqual({ ...NONE, waiting: 8 });
        const held = await lease(id);
        await store.intent(held, [0, 1, 2], at("06:10:00"), ["undo-0", "undo-1", null]);
        expect(await store.counts(id)).toEqual({ ...NONE, waiting: 5, in_doubt: 3 });
        await store.outcome(
          held,
          [
            { n: 0, end: "applied", because: null },
            { n: 1, end: "failed", because: "409" },
            { n: 3, end: "skipped_drift", because: "changed since" },
          ],
          at("06:11:00"),
        );
        expect(await store.counts(id)).toEqual({
          ...NONE,
          applied: 1,
          failed: 1,
          skipped_drift: 1,
          waiting: 4,
          in_doubt: 1,
        });
        const progress = await store.progress(id);
        expect(progress.map((p) => p.n)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
        expect(progress.slice(0, 5)).toEqual([
          { n: 0, end: "applied", because: null, inDoubt: false, undoSealed: "undo-0" },
          { n: 1, end: "failed", because: "409", inDoubt: false, undoSealed: null },
          { n: 2, end: null, because: null, inDoubt: true, undoSealed: null },
          { n: 3, end: "skipped_drift", because: "changed since", inDoubt: false, undoSealed: null },
          { n: 4, end: null, because: null, inDoubt: false, undoSealed: null },
        ]);
      });
      test("an old fence writes nothing", async () => {
        const { id } = await create(3);
        const old = await lease(id, "a", 0);
        const now = await lease(id, "b");
        await expect(store.intent(old, [0], at("06:10:00"), [null])).rejects.toMatchObject({ kind: "stale" });
        await expect(
          store.outcome(old, [{ n: 0, end: "failed", because: null }], at("06:10:00")),
        ).rejects.toMatchObject({ kind: "stale" });
        expect(await store.counts(id)).toEqual({ ...NONE, waiting: 3 });
        await store.intent(now, [0], at("06:11:00"), [null]);
        expect(await store.counts(id)).toEqual({ ...NONE, waiting: 2, in_doubt: 1 });
      });
      test("an old fence moves no state", async () => {
        const { id } = await create(1);
        const old = await lease(id, "a", 0);
        const now = await lease(id, "b");
        await expect(store.move(id, ["draft"], "stopped", at("06:11:00"), null, old)).rejects.toMatchObject({
          kind: "stale",
        });
        expect((await store.get(id))?.state).toBe("draft");
        expect(await store.move(id, ["draft"], "stopped", at("06:12:00"), null, now)).toBe(true);
      });
      test("an old fence of the same holder writes nothing either", async () => {
        const { id } = await create(1);
        const old = await lease(id, "a");
        await lease(id, "a");
        await expect(store.intent(old, [0], at("06:10:00"), [null])).rejects.toMatchObject({ kind: "stale" });
        expect(await store.renew(old, 60)).toBe(false);
      });
      test("a change ends once; a refused batch leaves nothing of itself", async () => {
        const { id } = await create(3);
        const held = await lease(id);
        await store.intent(held, [0, 1], at("06:10:00"), [null, null]);
        await store.outcome(held, [{ n: 0, end: "applied", because: null }], at("06:11:00"));
        await expect(
          store.outcome(
            held,
            [
              { n: 1, end: "applied", because: null },
              { n: 0, end: "failed", because: null },
            ],
            at("06:12:00"),
          ),
        ).rejects.toMatchObject({ kind: "refused" });
        await expect(store.intent(held, [2, 0], at("06:12:00"), [null, null])).rejects.toMatchObject({
          kind: "refused",
        });
        expect(await store.counts(id)).toEqual({ ...NONE, applied: 1, in_doubt: 1, waiting: 1 });
      });
      test("of two ends at once, one is kept", async () => {
        const { id } = await create(1);
        const held = await lease(id);
        await store.intent(held, [0], at("06:10:00"), [null]);
        const ends = await Promise.allSettled(
          (["applied", "failed"] as const).map((end) =>
            store.outcome(held, [{ n: 0, end, because: null }], at("06:11:00")),
          ),
        );
        expect(ends.filter((e) => e.status === "fulfilled")).toHaveLength(1);
      });
      test("nothing is applied that was not intended, nor anything outside the plan", async () => {
        const { id } = await create(1);
        const held = await lease(id);
        await expect(
          store.outcome(held, [{ n: 0, end: "applied", because: null }], at("06:11:00")),
        ).rejects.toMatchObject({ kind: "refused" });
        await expect(store.intent(held, [1], at("06:11:00"), [null])).rejects.toMatchObject({
          kind: "refused",
        });
        await expect(
          store.outcome(held, [{ n: 1, end: "failed", because: null }], at("06:11:00")),
        ).rejects.toMatchObject({ kind: "refused" });
        expect(await store.counts(id)).toEqual({ ...NONE, waiting: 1 });
      });
      test("another try keeps what was there before the first", async () => {
        const { id } = await create(1);
        await store.intent(await lease(id, "a", 0), [0], at("06:10:00"), ["before us"]);
        const held = await lease(id, "b");
        await store.intent(held, [0], at("06:11:00"), ["after us"]);
        await store.outcome(held, [{ n: 0, end: "applied", because: null }], at("06:12:00"));
        expect(await store.progress(id)).toEqual([
          { n: 0, end: "applied", because: null, inDoubt: false, undoSealed: "before us" },
        ]);
      });
      test("no changes at all are fine", async () => {
        const { id } = await create(1);
        const held = await lease(id);
        await store.intent(held, [], at("06:10:00"), []);
        await store.outcome(held, [], at("06:10:00"));
        expect(await store.counts(id)).toEqual({ ...NONE, waiting: 1 });
      });
    });

    describe("repairs", () => {
      /** A plan whose named changes end `applied` at that time. */
      const wrote = async (
        time: string,
        ops: readonly Op[],
        undoes: number | null = null,
      ): Promise<number> => {
        const all = ops.map((op, n) => aChange(n, { op, attribute: op === "set" ? "plan" : null }));
        const doc = aPlan(all, { undoes });
        const { id } = await store.create(doc, planHash(doc), [], "author");
        const held = await lease(id);
        const ns = ops.map((_, n) => n);
        await store.intent(
          held,
          ns,
          at(time),
          ns.map(() => null),
        );
        await store.outcome(
          held,
          ns.map((n) => ({ n, end: "applied", because: null })),
          at(time),
        );
        return id;
      };
      const active = audienceId("active");

      test("three in the window, by person and place; adds and removals are one place", async () => {
        await wrote("01:00:00", ["add", "set", "suppress", "add"]);
        await wrote("02:00:00", ["remove", "set", "suppress"]);
        expect(await store.repairedSince(active, at("00:00:00"))).toEqual([]);
        await wrote("03:00:00", ["add", "set", "suppress", "set"]);
        const { person, system } = aChange(0);
        expect(await store.repairedSince(active, at("00:00:00"))).toEqual([
          { system, person, attribute: null, at: [at("01:00:00"), at("02:00:00"), at("03:00:00")] },
          {
            system,
            person: aChange(1).person,
            attribute: "plan",
            at: [at("01:00:00"), at("02:00:00"), at("03:00:00")],
          },
        ]);
        expect(await store.repairedSince(active, at("01:00:00"))).toHaveLength(2);
        expect(await store.repairedSince(active, at("01:00:01"))).toEqual([]);
        expect(await store.repairedSince(audienceId("trial"), at("00:00:00"))).toEqual([]);
      });
      test("an undo is none, and what it took back was none", async () => {
        await wrote("01:00:00", ["add", "add"]);
        await wrote("02:00:00", ["add", "add"]);
        const third = await wrote("03:00:00", ["add", "add"]);
        expect(await store.repairedSince(active, at("00:00:00"))).toHaveLength(2);
        await wrote("04:00:00", ["remove"], third);
        const left = await store.repairedSince(active, at("00:00:00"));
        expect(left.map((r) => r.person)).toEqual([aChange(1).person]);
      });
      test("what failed, was so already or is not known was none", async () => {
        for (const end of ["failed", "already_so", "unknown"] as const) {
          const doc = aPlan([aChange(0, { op: "add" })]);
          const { id } = await store.create(doc, planHash(doc), [], "author");
          const held = await lease(id);
          await store.intent(held, [0], at("01:00:00"), [null]);
          await store.outcome(held, [{ n: 0, end, because: null }], at("01:00:00"));
        }
        await wrote("02:00:00", ["add"]);
        await wrote("03:00:00", ["add"]);
        expect(await store.repairedSince(active, at("00:00:00"))).toEqual([]);
      });
    });

    describe("people touched", () => {
      test("are those of what happened or may have, across plans, per audience and system, in the window", async () => {
        const other = systemId("warehouse");
        const doc = aPlan(
          [0, 1, 2, 3, 4, 5].map((n) => aChange(n, { op: "remove", ...(n === 5 ? { system: other } : {}) })),
        );
        const first = await store.create(doc, planHash(doc), [], "author");
        const held = await lease(first.id);
        await store.intent(held, [0], at("05:00:00"), [null]);
        await store.outcome(held, [{ n: 0, end: "applied", because: null }], at("05:01:00"));
        await store.intent(held, [1, 2, 3, 5], at("06:10:00"), [null, null, null, null]);
        await store.outcome(
          held,
          [
            { n: 1, end: "applied", because: null },
            { n: 2, end: "unknown", because: "unreadable" },
            { n: 4, end: "already_so", because: null },
          ],
          at("06:11:00"),
        );
        const second = await create(4); // suppress, remove, add, set
        const also = await lease(second.id);
        await store.intent(also, [0, 1], at("06:20:00"), [null, null]);
        await store.outcome(
          also,
          [
            { n: 0, end: "failed", because: null },
            { n: 1, end: "applied", because: null },
          ],
          at("06:21:00"),
        );
        const people = async (over: Partial<ListRef>, since: string) => {
          const ref = { audience: audienceId("active"), system: systemId("ghost"), list: null, ...over };
          const found = await store.touchedSince(ref, at(since));
          return {
            listed: [...found.listed].map((p) => Number.parseInt(p, 16)).sort(),
            added: [...found.added].map((p) => Number.parseInt(p, 16)),
            suppressed: [...found.suppressed].map((p) => Number.parseInt(p, 16)),
          };
        };
        const nobody = { listed: [], added: [], suppressed: [] };
        // 1 twice, as its own removal in both plans; 0 of the second plan failed
        expect(await people({}, "06:00:00")).toEqual({ ...nobody, listed: [1, 2, 3] });
        expect(await people({}, "05:01:00")).toEqual({ ...nobody, listed: [0, 1, 2, 3] });
        expect(await people({ system: other }, "06:00:00")).toEqual({ ...nobody, listed: [5] });
        expect(await people({ audience: audienceId("trial") }, "04:00:00")).toEqual(nobody);
      });
      test("a list is the same under another audience, and who was added or suppressed is told apart", async () => {
        const kept = { lists: { ghost: '{"label":"VIP"}', warehouse: '{"label":"other"}' } };
        const old = audienceId("old_name");
        const changes = (["add", "suppress", "set", "remove"] as const).map((op, n) =>
          aChange(n, { op, audience: old, attribute: op === "set" ? "plan" : null }),
        );
        const doc = aPlan(changes, { ...kept, audience: old });
        const { id } = await store.create(doc, planHash(doc), [], "author");
        const held = await lease(id);
        await store.intent(held, [0, 1, 2], at("06:10:00"), [null, null, null]);
        await store.move(id, ["draft"], "stopped", at("06:11:00"), "stopped by Ben");
        const ask = (list: string | null, system = "ghost") =>
          store.touchedSince(
            { audience: audienceId("new_name"), system: systemId(system), list },
            at("06:00:00"),
          );
        const found = await ask('{"label":"VIP"}');
        const person = (n: number) => changes[n]?.person;
        expect([...found.listed].sort()).toEqual([person(0), person(2)]);
        expect([...found.added]).toEqual([person(0)]);
        expect([...found.suppressed]).toEqual([person(1)]);
        for (const none of [
          await ask('{"label":"other"}'),
          await ask(null),
          await ask('{"label":"other"}', "warehouse"),
        ])
          expect(none.listed.size + none.suppressed.size).toBe(0);
      });
    });

    describe("an override", () => {
      const override = (hash: string, person = "Ben") => ({
        person,
        at: at("06:05:00"),
        hash,
        reason: "the brand was sold",
      });
      test("is kept once, whoever comes first", async () => {
        const plan = await create(1);
        expect((await store.get(plan.id))?.override).toBeNull();
        const kept = await Promise.all(
          ["Ben", "Cleo", "Dora"].map((who) => store.override(plan.id, override(plan.hash, who))),
        );
        expect(kept.filter(Boolean)).toHaveLength(1);
        expect(await store.get(plan.id)).toMatchObject({
          override: { at: at("06:05:00"), hash: plan.hash, reason: "the brand was sold", usedAt: null },
        });
      });
      test("is for this document only", async () => {
        const plan = await create(1);
        await expect(store.override(plan.id, override("0".repeat(64)))).rejects.toMatchObject({
          kind: "stale",
        });
        expect((await store.get(plan.id))?.override).toBeNull();
      });
      test("is used once", async () => {
        const plan = await create(1);
        expect(await store.takeOverride(plan.id, at("06:06:00"))).toBe(false);
        await store.override(plan.id, override(plan.hash));
        const used = await Promise.all([1, 2, 3].map(() => store.takeOverride(plan.id, at("06:07:00"))));
        expect(used.filter(Boolean)).toHaveLength(1);
        expect((await store.get(plan.id))?.override?.usedAt).toBe(at("06:07:00"));
      });
    });

    describe("an approval", () => {
      test("keeps what it covers at most", async () => {
        const plan = await create(4);
        const most = mostOf(plan.doc.changes);
        await store.approve(plan.id, {
          person: "Ben",
          at: at("06:05:00"),
          hash: plan.hash,
          confirmed: "PL-1 4",
          most,
        });
        expect((await store.get(plan.id))?.approvals[0]?.most).toEqual({
          ghost: { suppress: 1, remove: 1, add: 1, set: 1 },
        });
      });
    });
  });
}
