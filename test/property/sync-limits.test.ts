import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Touched } from "../../core/repair.ts";
import { applyPlan } from "../../sync/apply.ts";
import { type GuardFacts, runGuards } from "../../sync/guard.ts";
import { NOBODY } from "../../sync/size-limit.ts";
import { draftUndo } from "../../sync/undo.ts";
import { memoryPlanStore } from "../setup/memory-plan-store.ts";
import { guardFacts } from "./guard-facts.ts";
import {
  AUDIENCE,
  applyInput,
  approved,
  at,
  DEST,
  draft,
  keyOf,
  mailOf,
  OWNER,
  plainSealer,
  print,
  type Twin,
  testConfig,
  Vendor,
  virtualTime,
} from "./sync-world.ts";

/** Not the guard’s own constant: a window that shrinks has to be noticed. */
const DAY_MS = 24 * 3_600_000;
const config = testConfig();
const limits = config.safeguards;
const LIST = { audience: AUDIENCE, system: DEST, list: null };

const facts = (now: number, touched: Touched, more: Partial<GuardFacts> = {}): GuardFacts =>
  guardFacts(at(now), config, { touched: { [DEST]: touched }, ...more });

describe("I5: limits hold in any rolling window, across plans", () => {
  it("for any sequence of plans, whoever approves", async () => {
    const step = fc.record({
      people: fc.integer({ min: 1, max: 120 }),
      wait: fc.integer({ min: 0, max: 20 * 3_600_000 }),
      late: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 40, max: 400 }),
        fc.array(step, { minLength: 2, maxLength: 7 }),
        async (size, steps) => {
          const time = virtualTime();
          const store = memoryPlanStore(time.now);
          const vendor = new Vendor(time.now, () => store);
          const people = Array.from({ length: size }, (_, i): Twin => {
            vendor.put(mailOf(i), { inSegment: true, consent: "subscribed", mailable: true, plan: null });
            return {
              owner: null,
              dest: { inSegment: true, consent: "subscribed", mailable: true, plan: null },
            };
          });
          const done: { at: number; people: number }[] = [];
          let from = 0;
          for (const s of steps) {
            time.advance(s.wait);
            const now = time.now();
            const twins = people.map(
              (t, i): Twin =>
                i >= from && i < from + s.people
                  ? t
                  : { owner: { plan: "pro", optedOut: false }, dest: { ...t.dest!, plan: "pro" } },
            );
            const doc = { ...draft(twins, config, at(now)), sizes: { [DEST]: size } };
            if (doc.changes.length === 0) continue;
            // `late`: guarded before the plans that ran meanwhile; apply itself has to notice.
            const touched = s.late ? NOBODY : await store.touchedSince(LIST, at(now - DAY_MS));
            if (runGuards(doc, facts(now, touched)).need === "refused") continue;
            const planId = await approved(store, doc, at(now));
            const before = vendor.mutations.length;
            const result = await applyPlan(applyInput(time, store, vendor, planId, { safeguards: limits }));
            expect(["done", "refused"]).toContain(result.state);
            done.push({ at: time.now(), people: vendor.mutations.length - before });
            from += s.people;
          }
          for (const d of done) {
            const inWindow = done
              .filter((o) => o.at <= d.at && o.at > d.at - DAY_MS)
              .reduce((n, o) => n + o.people, 0);
            expect(inWindow).toBeLessThanOrEqual(
              size < 100 ? limits.refuseSmallList : size * limits.refuseShare,
            );
          }
        },
      ),
      { numRuns: 120 },
    );
  }, 60_000);

  it("of two plans on one list that start together, at most one writes", async () => {
    const time = virtualTime();
    const store = memoryPlanStore(time.now);
    const vendor = new Vendor(time.now, () => store);
    const twins = Array.from({ length: 100 }, (_, i): Twin => {
      const dest = { inSegment: true, consent: "subscribed" as const, mailable: true, plan: "pro" };
      vendor.put(mailOf(i), { ...dest });
      return { owner: i < 15 ? null : { plan: "pro", optedOut: false }, dest };
    });
    const doc = draft(twins, config, at(time.now()));
    const ids = [await approved(store, doc, at(time.now())), await approved(store, doc, at(time.now()))];
    const results = await Promise.all(
      ids.map((id) =>
        applyPlan(applyInput(time, store, vendor, id, { safeguards: limits, holder: `p${id}` })),
      ),
    );
    expect(results.filter((r) => r.state === "done").length).toBeLessThanOrEqual(1);
    expect(vendor.mutations.length).toBeLessThanOrEqual(15);
    expect(results.some((r) => r.because?.endsWith("writes to the same list now"))).toBe(true);
  });

  it("an undo of a plan near the limit fits, since it takes the same changes back", async () => {
    const time = virtualTime();
    const store = memoryPlanStore(time.now);
    const vendor = new Vendor(time.now, () => store);
    const twins = Array.from({ length: 100 }, (_, i): Twin => {
      const dest = { inSegment: true, consent: "subscribed" as const, mailable: true, plan: "pro" };
      vendor.put(mailOf(i), { ...dest });
      return { owner: i < 18 ? null : { plan: "pro", optedOut: false }, dest };
    });
    const doc = draft(twins, config, at(time.now()));
    const id = await approved(store, doc, at(time.now()));
    expect((await applyPlan(applyInput(time, store, vendor, id, { safeguards: limits }))).state).toBe("done");
    const plan = (await store.get(id))!;
    const undo = draftUndo({
      plan,
      progress: await store.progress(id),
      sealer: plainSealer,
      safeguards: limits,
      author: "Ana",
      now: at(time.now()),
      incidentId: null,
      basedOn: doc.basedOn,
      sizes: { [DEST]: 82 },
      automations: { [DEST]: [] },
      fingerprint: print,
    });
    const touched = await store.touchedSince(LIST, at(time.now() - DAY_MS));
    expect(runGuards(undo, facts(time.now(), touched, { undone: plan })).need).toBe("second_person");
    const others = [50, 51, 52].map(keyOf);
    const more = { ...touched, listed: new Set([...touched.listed, ...others]) };
    expect(runGuards(undo, facts(time.now(), more, { undone: plan })).need).toBe("refused");
    const undoId = await approved(store, undo, at(time.now()));
    expect((await applyPlan(applyInput(time, store, vendor, undoId, { safeguards: limits }))).state).toBe(
      "done",
    );
    expect([...vendor.recs.values()].every((r) => r.inSegment)).toBe(true);
  });
});

describe("I9: an incomplete snapshot yields no removal", () => {
  it("whatever else is right", () => {
    const doc = draft(
      [
        { owner: null, dest: { inSegment: true, consent: "subscribed", mailable: true, plan: null } },
        ...Array.from(
          { length: 50 },
          (): Twin => ({
            owner: { plan: "pro", optedOut: false },
            dest: { inSegment: true, consent: "subscribed", mailable: true, plan: "pro" },
          }),
        ),
      ],
      config,
      at(virtualTime().now()),
    );
    expect(doc.changes.map((c) => c.op)).toEqual(["remove"]);
    fc.assert(
      fc.property(
        fc.constantFrom("complete", "partial", "unusable"),
        fc.constantFrom("complete", "partial", "unusable"),
        fc.integer({ min: 0, max: 180 }),
        fc.integer({ min: 0, max: 48 }),
        (owner, dest, minutes, hours) => {
          const now = virtualTime().now();
          const f = facts(now, NOBODY);
          const readings = f.readings.map((r) => ({
            ...r,
            coverage: (r.system === OWNER ? owner : dest) as "complete",
            takenAt: at(now - minutes * 60_000),
            asOf: at(now - hours * 3_600_000),
          }));
          const fine = owner === "complete" && dest === "complete" && minutes <= 60 && hours <= 24;
          expect(runGuards(doc, { ...f, readings }).need === "refused").toBe(!fine);
          expect(runGuards(doc, { ...f, readings: readings.slice(1) }).need).toBe("refused");
        },
      ),
    );
  });
});
