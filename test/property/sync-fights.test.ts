import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Instant } from "../../core/model.ts";
import type { Repaired } from "../../core/repair.ts";
import { applyPlan } from "../../sync/apply.ts";
import { runGuards } from "../../sync/guard.ts";
import { draftPlan } from "../../sync/plan.ts";
import { heldBack, quarantined, repairsFrom, WEEK_MS } from "../../sync/quarantine.ts";
import { draftUndo } from "../../sync/undo.ts";
import { LEFT_OUT } from "../../sync/words.ts";
import { memoryPlanStore } from "../setup/memory-plan-store.ts";
import { guardFacts } from "./guard-facts.ts";
import {
  AUDIENCE,
  applyInput,
  approved,
  at,
  DEST,
  draftInput,
  keyOf,
  mailOf,
  plainSealer,
  print,
  START,
  type Twin,
  testConfig,
  Vendor,
  virtualTime,
} from "./sync-world.ts";

const DAY_MS = 86_400_000;
const config = testConfig();

/** Everyone's repairs are looked at three by three: no sorting, no window that moves. */
function naively(times: readonly number[], now: number): boolean {
  for (const a of times)
    for (const b of times)
      for (const c of times) if (a < b && b < c && c < a + 7 * DAY_MS && now < c + 7 * DAY_MS) return true;
  return false;
}

describe("no fighting", () => {
  it("quarantines exactly whom a naive count quarantines", () => {
    const hour = fc.integer({ min: 0, max: 24 * 16 });
    fc.assert(
      fc.property(fc.uniqueArray(hour, { maxLength: 8 }), fc.integer({ min: 0, max: 24 }), (hours, wait) => {
        const times = hours.map((h) => Date.parse(START) + h * 3_600_000);
        const now = Math.max(Date.parse(START), ...times) + wait * 3_600_000 * 12;
        const one: Repaired = { system: DEST, person: keyOf(1), attribute: null, at: times.map(at) };
        expect(quarantined([one], at(now)).size === 1).toBe(naively(times, now));
        // the store forgets what is older than this, and that changes nothing
        const kept = { ...one, at: one.at.filter((t) => t >= repairsFrom(at(now))) };
        expect(quarantined([kept], at(now)).size === 1).toBe(naively(times, now));
      }),
      { numRuns: 2000 },
    );
  }, 60_000);

  /** The same people, day after day: another writer puts some of them back, and every draft is applied at once. */
  it("nobody is repaired a fourth time within a week of the third, whatever the others do", async () => {
    const day = fc.record({
      hours: fc.integer({ min: 1, max: 80 }),
      putBack: fc.array(fc.nat({ max: 5 }), { maxLength: 6 }),
      undo: fc.boolean(),
    });
    let held = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(day, { minLength: 4, maxLength: 14 }), async (days) => {
        const time = virtualTime();
        const store = memoryPlanStore(time.now);
        const vendor = new Vendor(time.now, () => store);
        const there = (): boolean[] =>
          Array.from({ length: 6 }, (_, i) => vendor.recs.get(mailOf(i))?.inSegment === true);
        const repairs = new Map<number, number[]>();
        for (const { hours, putBack, undo } of days) {
          for (const i of putBack)
            vendor.put(mailOf(i), { inSegment: true, consent: "subscribed", mailable: true, plan: null });
          time.advance(hours * 3_600_000);
          const now = at(time.now());
          const twins = there().map(
            (inSegment): Twin => ({
              owner: null,
              dest: inSegment ? { inSegment, consent: "subscribed", mailable: true, plan: null } : null,
            }),
          );
          const fought = quarantined(await store.repairedSince(AUDIENCE, repairsFrom(now)), now);
          const doc = draftPlan({ ...draftInput(twins, config, now), fought });
          const left = doc.leftOut.filter((l) => l.reason === LEFT_OUT.fought).map((l) => l.person);
          const differs = twins.flatMap((t, i) => (t.dest === null ? [] : [i]));
          const expected = differs.filter((i) => naively(repairs.get(i) ?? [], time.now()));
          expect(left).toEqual(expected.map(keyOf));
          expect(heldBack(doc, fought)).toBe(0);
          held += left.length;
          if (doc.changes.length === 0) continue;
          const id = await approved(store, doc, now);
          const result = await applyPlan(applyInput(time, store, vendor, id));
          expect(result).toMatchObject({ state: "done", because: null });
          const ended = new Map(
            store.journal.flatMap((e) => (e.planId === id ? [[e.n, Date.parse(e.at)]] : [])),
          );
          if (undo) {
            const plan = await store.get(id);
            if (plan === null) throw new Error("gone");
            const back = draftUndo({
              plan,
              progress: await store.progress(id),
              sealer: plainSealer,
              safeguards: config.safeguards,
              author: "Ana",
              now: at(time.now()),
              incidentId: null,
              basedOn: [],
              sizes: { [DEST]: 6 },
              automations: {},
              fingerprint: print,
            });
            await applyPlan(applyInput(time, store, vendor, await approved(store, back, at(time.now()))));
          } else {
            for (const c of doc.changes) {
              const i = Number.parseInt(c.person, 16);
              repairs.set(i, [...(repairs.get(i) ?? []), ended.get(c.n) ?? Number.NaN]);
            }
          }
        }
        for (const times of repairs.values()) {
          times.forEach((t, i) => {
            const [third, first] = [times[i - 1], times[i - 3]];
            if (third === undefined || first === undefined) return;
            expect(third - first < WEEK_MS && t - third < WEEK_MS).toBe(false);
          });
        }
      }),
      { numRuns: 60 },
    );
    expect(held).toBeGreaterThan(0);
  }, 120_000);

  it("a plan that was drafted before the third repair is stopped before it is approved and before it writes", async () => {
    const time = virtualTime();
    const store = memoryPlanStore(time.now);
    const vendor = new Vendor(time.now, () => store);
    const twin: Twin = {
      owner: null,
      dest: { inSegment: true, consent: "subscribed", mailable: true, plan: null },
    };
    const putBack = () => vendor.put(mailOf(0), { ...twin.dest!, inSegment: true });
    const now = (): Instant => at(time.now());
    const draftNow = () => draftPlan(draftInput([twin], config, now()));
    for (let n = 0; n < 2; n += 1) {
      putBack();
      await applyPlan(applyInput(time, store, vendor, await approved(store, draftNow(), now())));
      time.advance(DAY_MS);
    }
    putBack();
    const early = draftNow();
    const earlyId = await approved(store, early, now());
    await applyPlan(applyInput(time, store, vendor, await approved(store, draftNow(), now())));
    putBack();
    const fought = quarantined(await store.repairedSince(AUDIENCE, repairsFrom(now())), now());
    const guards = runGuards(early, guardFacts(now(), config, { fought }));
    expect(guards.guards.find((g) => g.guard === "no_fighting")?.verdict).toBe("fail");
    const writes = vendor.mutations.length;
    const result = await applyPlan(applyInput(time, store, vendor, earlyId));
    expect(result.state).toBe("refused");
    expect(result.because).toMatch(/repaired 3 times in 7 days/);
    expect(vendor.mutations).toHaveLength(writes);
  });

  it("suppressions, what fills a list that keeps people out, and undos are never held back", () => {
    const now = START as Instant;
    const optedOut: Twin = {
      owner: { plan: "free", optedOut: true },
      dest: { inSegment: true, consent: "subscribed", mailable: true, plan: "free" },
    };
    const missing: Twin = { owner: { plan: "free", optedOut: true }, dest: null };
    const everybody = new Set([0, 1].flatMap((i) => [`${DEST} ${keyOf(i)} `, `${DEST} ${keyOf(i)} plan`]));
    const suppress = draftPlan({ ...draftInput([optedOut], config, now), fought: everybody });
    expect(suppress.changes.map((c) => c.op)).toEqual(["suppress"]);
    const list = testConfig({}, { purpose: "ineligible" });
    const adds = draftPlan({ ...draftInput([missing], list, now), fought: everybody });
    expect(adds.changes.map((c) => c.op)).toContain("add");
    expect(heldBack(adds, everybody)).toBe(0);
    const removal = draftPlan(draftInput([{ ...optedOut, owner: null }], config, now));
    expect(heldBack(removal, everybody)).toBe(1);
    expect(heldBack({ ...removal, undoes: 81 }, everybody)).toBe(0);
  });
});
