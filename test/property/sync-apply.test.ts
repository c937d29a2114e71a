import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CONSENT_ORDER, type ConsentState } from "../../core/model.ts";
import { type ApplyResult, applyPlan } from "../../sync/apply.ts";
import { FAILPOINTS, type Failpoint } from "../../sync/run.ts";
import { draftUndo } from "../../sync/undo.ts";
import { type MemoryPlanStore, memoryPlanStore } from "../setup/memory-plan-store.ts";
import {
  applyInput,
  approved,
  at,
  DEST,
  draft,
  type Fault,
  keyOf,
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

const rec = fc
  .record({
    inSegment: fc.boolean(),
    consent: fc.constantFrom<ConsentState>(
      "subscribed",
      "subscribed",
      "unsubscribed",
      "unknown",
      "complained",
    ),
    mailable: fc.boolean(),
    plan: fc.constantFrom("free", "pro", null),
  })
  .map((r): Rec => ({ ...r, mailable: r.consent === "subscribed" && r.mailable }));
const owner = fc.record({ plan: fc.constantFrom("free", "pro", "team"), optedOut: fc.boolean() });
const twins = fc.array(fc.record({ owner: fc.option(owner), dest: fc.option(rec) }), {
  minLength: 1,
  maxLength: 45,
});
const faults = fc.array(
  fc.constantFrom<Fault>(
    "none",
    "none",
    "none",
    "none",
    "retry",
    "lost_before",
    "lost_after",
    "throw_before",
    "throw_after",
    "ghost",
    "refuse",
    "accept",
    "lie_retry",
  ),
  { minLength: 1, maxLength: 40 },
);

type World = {
  time: ReturnType<typeof virtualTime>;
  store: MemoryPlanStore;
  vendor: Vendor;
  start: Map<string, Rec>;
  lowest: Map<string, number>;
};

function world(people: readonly Twin[]): World {
  const time = virtualTime();
  const store = memoryPlanStore(time.now);
  const vendor = new Vendor(time.now, () => store);
  people.forEach((t, i) => {
    if (t.dest !== null) vendor.put(mailOf(i), { ...t.dest });
  });
  time.advance(60_000);
  return { time, store, vendor, start: structuredClone(vendor.recs), lowest: new Map() };
}

const rank = (c: ConsentState): number => CONSENT_ORDER.indexOf(c === "unknown" ? "subscribed" : c);
const TERMINAL = ["done", "stopped", "stale", "expired", "refused"];

/** A process that dies: from the crash on, nothing it calls does anything. */
function mortal(store: MemoryPlanStore, dead: () => boolean): MemoryPlanStore {
  return new Proxy(store, {
    get(target, name, receiver) {
      const f: unknown = Reflect.get(target, name, receiver);
      if (typeof f !== "function") return f;
      return (...args: unknown[]): unknown => {
        if (dead()) throw new Error("this process is dead");
        return Reflect.apply(f, target, args);
      };
    },
  });
}

/** Applies, dies at the given moments, resumes each time, and at last runs without faults until the plan ends. */
async function live(
  w: World,
  planId: number,
  crashes: readonly number[],
  stopAt: number | null,
): Promise<ApplyResult | null> {
  let calls = 0;
  w.vendor.onCall = () => {
    calls += 1;
    if (calls === stopAt) void w.store.requestStop(planId, "Ana");
  };
  for (const [life, after] of [...crashes, Number.POSITIVE_INFINITY].entries()) {
    let left = after;
    let isDead = false;
    if (after === Number.POSITIVE_INFINITY) {
      w.vendor.fault = () => "none";
      w.vendor.unreadable = () => false;
    }
    const failpoint = (_: Failpoint): void => {
      left -= 1;
      if (left > 0) return;
      isDead = true;
      throw new Error("killed");
    };
    const store = mortal(w.store, () => isDead);
    try {
      return await applyPlan(
        applyInput(w.time, store, w.vendor, planId, { failpoint, holder: `process ${life}` }),
      );
    } catch (e) {
      if (!isDead) throw e;
      const state = (await w.store.get(planId))?.state ?? "";
      if (TERMINAL.includes(state)) return null;
      w.time.advance(16_000); // until its lease has run out
    }
  }
  throw new Error("not reached");
}

async function checkInvariants(w: World, planId: number): Promise<void> {
  const plan = (await w.store.get(planId))!;
  const progress = await w.store.progress(planId);
  const counts = await w.store.counts(planId);
  // I8: it has ended. I1: every change has one state, they sum, and nothing is left in doubt.
  expect(TERMINAL).toContain(plan.state);
  expect(Object.values(counts).reduce((a, b) => a + b, 0)).toBe(plan.doc.changes.length);
  expect(counts.in_doubt).toBe(0);
  if (plan.state === "done") expect(counts.waiting).toBe(0);
  // I4: only what was approved. I2: at most one effective mutation per change.
  const keys = new Set(plan.doc.changes.map((c) => `${c.person} ${c.op} ${c.attribute ?? ""}`));
  const seen = new Set<string>();
  for (const m of w.vendor.mutations) {
    expect(keys).toContain(m.key);
    expect(seen).not.toContain(m.key);
    seen.add(m.key);
    // I6: an intent before it, an outcome after it.
    const intent = w.store.journal.findIndex(
      (e) => e.phase === "intent" && e.n === m.n && e.planId === planId,
    );
    const outcome = w.store.journal.findIndex(
      (e) => e.phase === "outcome" && e.n === m.n && e.planId === planId,
    );
    expect(intent).toBeGreaterThanOrEqual(0);
    expect(intent).toBeLessThan(m.journalAt);
    expect(outcome).toBeGreaterThanOrEqual(m.journalAt);
    // What happened is never said not to have happened.
    expect(["applied", "unknown"]).toContain(progress[m.n]?.end);
  }
  // What is said to have happened did happen.
  for (const p of progress.filter((x) => x.end === "applied")) {
    const c = plan.doc.changes[p.n]!;
    expect(seen).toContain(`${c.person} ${c.op} ${c.attribute ?? ""}`);
  }
  // I3: nobody stands further to the right than before.
  for (const [mail, before] of w.start) {
    const now = w.vendor.recs.get(mail);
    expect(rank(now!.consent)).toBeLessThanOrEqual(rank(before.consent));
    if (!before.mailable) expect(now!.mailable).toBe(false);
  }
  for (const [mail, now] of w.vendor.recs) if (!w.start.has(mail)) expect(now.mailable).toBe(false);
}

describe("apply, with faults, stops and crashes", () => {
  it("keeps I1 I2 I3 I4 I6 I8", async () => {
    await fc.assert(
      fc.asyncProperty(
        twins,
        faults,
        fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 4 }),
        fc.option(fc.integer({ min: 1, max: 6 })),
        fc.integer({ min: 0, max: 500 }),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 9 }),
        async (people, list, crashes, stopAt, lagMs, unread) => {
          const w = world(people);
          const now = at(w.time.now());
          const doc = draft(people, testConfig(), now);
          if (doc.changes.length === 0) return;
          const planId = await approved(w.store, doc, now);
          let f = 0;
          let u = 0;
          w.vendor.lagMs = lagMs;
          w.vendor.fault = () => list[f++ % list.length] ?? "none";
          w.vendor.unreadable = () => unread[u++ % unread.length] === true && u % 3 === 0;
          await live(w, planId, crashes, stopAt);
          await checkInvariants(w, planId);
        },
      ),
      { numRuns: 400 },
    );
  }, 60_000);

  it.each(FAILPOINTS)("loses and repeats nothing when it dies at %s", async (name) => {
    const people = Array.from(
      { length: 30 },
      (_, i): Twin => ({
        owner: i % 3 === 0 ? null : { plan: "pro", optedOut: i % 5 === 1 },
        dest:
          i % 4 === 3
            ? null
            : { inSegment: i % 2 === 0, consent: "subscribed", mailable: true, plan: "free" },
      }),
    );
    const w = world(people);
    const now = at(w.time.now());
    const planId = await approved(w.store, draft(people, testConfig(), now), now);
    let hit = 0;
    for (let life = 0; life < 100; life += 1) {
      let isDead = false;
      const failpoint = (at: Failpoint): void => {
        // Dies at the first, and later at each third passing of this point.
        if (at === name && hit++ % 3 === 0 && hit < 30) {
          isDead = true;
          throw new Error("killed");
        }
      };
      try {
        await applyPlan(
          applyInput(
            w.time,
            mortal(w.store, () => isDead),
            w.vendor,
            planId,
            { failpoint, holder: `p${life}` },
          ),
        );
        break;
      } catch (e) {
        if (!isDead) throw e;
        if (TERMINAL.includes((await w.store.get(planId))!.state)) break;
        w.time.advance(16_000);
      }
    }
    if (!name.includes("in_doubt")) expect(hit).toBeGreaterThan(0);
    await checkInvariants(w, planId);
    const counts = await w.store.counts(planId);
    expect((await w.store.get(planId))!.state).toBe("done");
    expect(counts.applied).toBe((await w.store.get(planId))!.doc.changes.length);
  });
});

describe("I7 and I11", () => {
  it("apply, then undo, is the state before, except for tightened consent", async () => {
    await fc.assert(
      fc.asyncProperty(twins, async (people) => {
        const w = world(people);
        const now = at(w.time.now());
        const doc = draft(people, testConfig(), now);
        if (doc.changes.length === 0) return;
        const planId = await approved(w.store, doc, now);
        await applyPlan(applyInput(w.time, w.store, w.vendor, planId));
        const undo = draftUndo({
          plan: (await w.store.get(planId))!,
          progress: await w.store.progress(planId),
          sealer: plainSealer,
          safeguards: { ...testConfig().safeguards, ...WIDE },
          author: "Ana",
          now: at(w.time.now()),
          incidentId: null,
          basedOn: doc.basedOn,
          sizes: { [DEST]: 1 },
          automations: { [DEST]: [] },
          fingerprint: print,
        });
        expect(undo.changes.some((c) => c.op === "suppress")).toBe(false);
        const undoId = await approved(w.store, undo, at(w.time.now()));
        if (undo.changes.length > 0)
          expect((await applyPlan(applyInput(w.time, w.store, w.vendor, undoId))).state).toBe("done");
        const tightened = new Set(doc.changes.filter((c) => c.op === "suppress").map((c) => c.person));
        people.forEach((t, i) => {
          const now = w.vendor.recs.get(mailOf(i));
          if (t.dest === null) {
            expect(now?.inSegment ?? false).toBe(false);
            return;
          }
          expect(now?.plan).toBe(t.dest.plan);
          if (!tightened.has(keyOf(i))) {
            expect(now?.inSegment).toBe(t.dest.inSegment);
            expect(now?.consent).toBe(t.dest.consent);
          } else expect(now?.mailable).toBe(false);
        });
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  it("a second plan after an apply is empty", async () => {
    await fc.assert(
      fc.asyncProperty(twins, async (people) => {
        const w = world(people);
        const now = at(w.time.now());
        const doc = draft(people, testConfig(), now);
        if (doc.changes.length === 0) return;
        await applyPlan(applyInput(w.time, w.store, w.vendor, await approved(w.store, doc, now)));
        const after = people.map(
          (t, i): Twin => ({ owner: t.owner, dest: w.vendor.recs.get(mailOf(i)) ?? null }),
        );
        // A contact that we created holds no field values yet: the next plan fills them in, and nothing else.
        const next = draft(after, testConfig(), at(w.time.now()));
        expect(
          next.changes.filter(
            (c) => c.op !== "set" || people[Number.parseInt(c.person, 16)]?.dest?.inSegment,
          ),
        ).toEqual([]);
      }),
      { numRuns: 150 },
    );
  }, 60_000);
});

describe("traps", () => {
  const missing = Array.from(
    { length: 60 },
    (): Twin => ({ owner: { plan: "pro", optedOut: false }, dest: null }),
  );

  it("stops within the canary when a vendor subscribes whom it adds", async () => {
    const w = world(missing);
    w.vendor.fault = () => "subscribe";
    const now = at(w.time.now());
    const planId = await approved(w.store, draft(missing, testConfig(), now), now);
    const result = await applyPlan(applyInput(w.time, w.store, w.vendor, planId));
    expect(result.state).toBe("stopped");
    expect(result.because).toMatch(/^consent was loosened for 5 people/);
    expect(w.vendor.loosenedByUs).toBe(5);
    await w.store.counts(planId).then((c) => expect(c.waiting).toBe(55));
  });

  it("never adds anyone who opts out at any moment between the draft and the write", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 59 }), { maxLength: 30 }),
        fc.integer({ min: 0, max: 8 }),
        async (leavers, after) => {
          const people = missing.map(
            (t): Twin => ({
              ...t,
              dest: { inSegment: false, consent: "subscribed", mailable: true, plan: "pro" },
            }),
          );
          const w = world(people);
          const now = at(w.time.now());
          const planId = await approved(w.store, draft(people, testConfig(), now), now);
          const leave = (): void => {
            for (const i of leavers)
              w.vendor.put(mailOf(i), {
                ...w.vendor.recs.get(mailOf(i))!,
                consent: "unsubscribed",
                mailable: false,
              });
          };
          if (after === 0) leave();
          w.vendor.onCall = () => {
            if (w.vendor.calls === after) leave();
          };
          const refuse = w.vendor.call.bind(w.vendor);
          // As the writers do: an add for somebody opted out is refused by its effect.
          w.vendor.call = (c, fault) =>
            refuse(
              c,
              w.vendor.recs.get(c.identifiers.email ?? "")?.consent === "unsubscribed" ? "refuse" : fault,
            );
          await applyPlan(applyInput(w.time, w.store, w.vendor, planId));
          const progress = await w.store.progress(planId);
          if (after === 0) for (const i of new Set(leavers)) expect(progress[i]?.end).toBe("skipped_consent");
          for (const i of leavers) expect(w.vendor.recs.get(mailOf(i))!.mailable).toBe(false);
        },
      ),
      { numRuns: 60 },
    );
  });
});
