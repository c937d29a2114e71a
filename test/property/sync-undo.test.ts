import fc from "fast-check";
import { expect, it } from "vitest";
import type { Instant } from "../../core/model.ts";
import type { PlanDoc } from "../../core/repair.ts";
import { applyPlan } from "../../sync/apply.ts";
import { draftUndo } from "../../sync/undo.ts";
import { type MemoryPlanStore, memoryPlanStore } from "../setup/memory-plan-store.ts";
import {
  applyInput,
  approved,
  at,
  DEST,
  draft,
  mailOf,
  plainSealer,
  print,
  type Rec,
  type Twin,
  testConfig,
  Vendor,
  virtualTime,
  WIDE,
} from "./sync-world.ts";

async function undoOf(store: MemoryPlanStore, planId: number, size: number, now: Instant): Promise<PlanDoc> {
  const plan = await store.get(planId);
  if (plan === null) throw new Error("the plan is gone");
  return draftUndo({
    plan,
    progress: await store.progress(planId),
    sealer: plainSealer,
    safeguards: { ...testConfig().safeguards, ...WIDE },
    author: "Ana",
    now,
    incidentId: null,
    basedOn: plan.doc.basedOn,
    sizes: { [DEST]: size },
    automations: { [DEST]: [] },
    fingerprint: print,
  });
}

const twin = fc.record({
  owner: fc.option(fc.record({ plan: fc.constantFrom("free", "pro"), optedOut: fc.constant(false) })),
  dest: fc.option(
    fc
      .record({ inSegment: fc.boolean(), plan: fc.constantFrom("free", "pro", null) })
      .map((r): Rec => ({ ...r, consent: "subscribed", mailable: true })),
  ),
});
/** What somebody else does to a person between the apply and its undo. */
const meddling = fc.record({
  who: fc.nat({ max: 40 }),
  does: fc.constantFrom("value", "value", "membership", "touch"),
});

it("an undo takes back what was applied and nothing else: not what was stopped before, not what changed since", async () => {
  const seen = { stopped: 0, kept: 0, back: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.array(twin, { minLength: 2, maxLength: 80 }),
      fc.option(fc.integer({ min: 1, max: 6 })),
      fc.array(meddling, { maxLength: 9 }),
      async (people, stopAfter, others) => {
        const time = virtualTime();
        const store = memoryPlanStore(time.now);
        const vendor = new Vendor(time.now, () => store);
        people.forEach((t: Twin, i) => {
          if (t.dest !== null) vendor.put(mailOf(i), t.dest);
        });
        const doc = draft(people, testConfig(), at(time.now()));
        if (doc.changes.length === 0) return;
        const planId = await approved(store, doc, at(time.now()));
        vendor.onCall = () => {
          if (vendor.calls === stopAfter) void store.requestStop(planId, "Ana");
        };
        const { state, counts } = await applyPlan(applyInput(time, store, vendor, planId));
        if (state === "stopped") seen.stopped += 1;
        const start = people.map((t) => t.dest);
        const after = people.map((_, i) => vendor.recs.get(mailOf(i)) ?? null);

        for (const { who, does } of others) {
          const rec = vendor.recs.get(mailOf(who));
          if (rec === undefined) continue;
          if (does === "value") vendor.put(mailOf(who), { ...rec, plan: "other" });
          if (does === "membership") vendor.put(mailOf(who), { ...rec, inSegment: !rec.inSegment });
          if (does === "touch") vendor.put(mailOf(who), { ...rec });
        }
        const meddled = people.map((_, i) => vendor.recs.get(mailOf(i)) ?? null);
        const undo = await undoOf(store, planId, 1, at(time.now()));
        expect(undo.changes).toHaveLength(counts.applied);
        if (undo.changes.length === 0) return;
        vendor.onCall = () => undefined;
        const undoId = await approved(store, undo, at(time.now()));
        const result = await applyPlan(applyInput(time, store, vendor, undoId));

        for (const [i, was] of start.entries()) {
          const [then, found, now] = [after[i], meddled[i], vendor.recs.get(mailOf(i)) ?? null];
          if (was === null) {
            // a record that we made stays, off the list
            expect(now?.inSegment ?? false).toBe(false);
          } else {
            const theirs = found?.plan !== then?.plan;
            if (theirs) seen.kept += 1;
            else if (then?.plan !== was.plan) seen.back += 1;
            expect(now?.plan).toBe(theirs ? found?.plan : was.plan);
            // whoever turned our move back has the person where they were before us
            expect(now?.inSegment).toBe(then?.inSegment === was.inSegment ? found?.inSegment : was.inSegment);
          }
        }
        expect(result.state).toBe("done");
      },
    ),
    { numRuns: 250 },
  );
  // every way that it can go was seen
  for (const [what, n] of Object.entries(seen)) expect(n, what).toBeGreaterThan(0);
}, 120_000);

it.each([1, 2, 10])(
  "of ten set fields %i changed since: those are left, the rest goes back",
  async (changed) => {
    const time = virtualTime();
    const store = memoryPlanStore(time.now);
    const vendor = new Vendor(time.now, () => store);
    const free: Rec = { inSegment: true, consent: "subscribed", mailable: true, plan: "free" };
    const people = Array.from(
      { length: 10 },
      (): Twin => ({ owner: { plan: "pro", optedOut: false }, dest: free }),
    );
    for (const i of people.keys()) vendor.put(mailOf(i), free);
    const doc = draft(people, testConfig(), at(time.now()));
    const planId = await approved(store, doc, at(time.now()));
    await applyPlan(applyInput(time, store, vendor, planId));
    for (let i = 0; i < changed; i += 1) vendor.put(mailOf(i), { ...free, plan: "other" });
    const undo = await undoOf(store, planId, 10, at(time.now()));
    const result = await applyPlan(
      applyInput(time, store, vendor, await approved(store, undo, at(time.now()))),
    );
    expect(result.state).toBe("done");
    const values = people.map((_, i) => vendor.recs.get(mailOf(i))?.plan);
    expect(values).toEqual(people.map((_, i) => (i < changed ? "other" : "free")));
  },
);
