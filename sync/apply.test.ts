import { beforeEach, describe, expect, it } from "vitest";
import { AuditorError } from "../core/errors.ts";
import type { PlanStore } from "../core/ports.ts";
import {
  applyInput,
  approved,
  at,
  CAPABILITIES,
  DEST,
  draft,
  mailOf,
  type Rec,
  type Twin,
  testConfig,
  Vendor,
  vendorWriter,
  virtualTime,
} from "../test/property/sync-world.ts";
import { type MemoryPlanStore, memoryPlanStore } from "../test/setup/memory-plan-store.ts";
import { applyPlan, roundsOf } from "./apply.ts";
import type { ApplyInput } from "./run.ts";
import { GHOST_ACK } from "./words.ts";

let time: ReturnType<typeof virtualTime>;
let store: MemoryPlanStore;
let vendor: Vendor;
const here: Rec = { inSegment: true, consent: "subscribed", mailable: true, plan: "pro" };

beforeEach(() => {
  time = virtualTime();
  store = memoryPlanStore(time.now);
  vendor = new Vendor(time.now, () => store);
});

/** A plan that removes `n` people, approved. */
async function removal(n: number): Promise<number> {
  const twins = Array.from({ length: n }, (_, i): Twin => {
    vendor.put(mailOf(i), { ...here });
    return { owner: null, dest: here };
  });
  return approved(store, draft(twins, testConfig(), at(time.now())), at(time.now()));
}
const run = (planId: number, more: Partial<ApplyInput> = {}) =>
  applyPlan(applyInput(time, store, vendor, planId, more));
const left = (): number => [...vendor.recs.values()].filter((r) => r.inSegment).length;

it("applies in the plan's order, the canary first, and tells progress", async () => {
  const progress: number[] = [];
  const sizes: number[] = [];
  const writer = {
    ...vendorWriter(vendor, 1000),
    batches: (c: Parameters<ReturnType<typeof vendorWriter>["batches"]>[0]) => [c],
  };
  const apply = writer.apply;
  const counting = {
    ...writer,
    apply: (...args: Parameters<typeof apply>) => {
      sizes.push(args[0].length);
      return apply(...args);
    },
  };
  const result = await run(await removal(260), {
    canary: 25,
    writers: new Map([[DEST, counting]]),
    onProgress: (p) => progress.push(p.ended),
  });
  expect(result).toMatchObject({
    state: "done",
    because: null,
    ghostAcks: 0,
    loosened: 0,
    reverted: [],
    counts: { applied: 260, waiting: 0 },
  });
  expect(sizes).toEqual([25, 200, 35]);
  expect(progress).toEqual([25, 225, 260]);
});

it("does not send again what it can see was done, though no answer came", async () => {
  vendor.fault = () => "lost_after";
  const result = await run(await removal(7));
  expect(result).toMatchObject({ state: "done", counts: { applied: 7 } });
  // batches of 5 (the canary) and 2
  expect(vendor.calls).toBe(2);
});

it("cuts rounds by operation and system", () => {
  const c = (n: number, op: "remove" | "add", system: string) =>
    ({ n, op, system }) as unknown as Parameters<typeof roundsOf>[0][number];
  const rounds = roundsOf(
    [c(0, "remove", "a"), c(1, "remove", "a"), c(2, "remove", "b"), c(3, "add", "a")],
    1,
  );
  expect(rounds.map((r) => r.map((x) => x.n))).toEqual([[0], [1], [2], [3]]);
});

describe("stops by itself", () => {
  it("when too many fail, at once if they are the first", async () => {
    vendor.fault = () => "ghost";
    const planId = await removal(300);
    const result = await run(planId, { canary: 25 });
    expect(result).toMatchObject({
      state: "stopped",
      because: "25 of 25 changes failed; the limit is 1 %",
      ghostAcks: 25,
      counts: { failed: 25, waiting: 275 },
    });
    expect((await store.progress(planId))[0]).toMatchObject({ end: "failed", because: GHOST_ACK });
  });
  it("and calls the plan stale when the world moved on, before it writes anything", async () => {
    const twins = Array.from({ length: 100 }, (_, i): Twin => {
      vendor.put(mailOf(i), { ...here, plan: i < 5 ? "team" : "free" });
      return { owner: { plan: "pro", optedOut: false }, dest: { ...here, plan: "free" } };
    });
    const planId = await approved(store, draft(twins, testConfig(), at(time.now())), at(time.now()));
    const result = await run(planId);
    expect(result).toMatchObject({
      state: "stale",
      because: "5 of 100 people changed since the read; the limit is 2 %",
      counts: { skipped_drift: 5, waiting: 95 },
    });
    expect(vendor.mutations).toEqual([]);
  });
  it("when the system cannot be read", async () => {
    const planId = await removal(10);
    vendor.unreadable = () => true;
    const result = await run(planId);
    expect(result.state).toBe("stopped");
    expect(result.because).toMatch(/^vendor: reset/);
    expect(vendor.calls).toBe(0);
  });
  it("when the credential is refused, without trying everyone", async () => {
    const planId = await removal(100);
    const writer = vendorWriter(vendor);
    let calls = 0;
    const refused = {
      ...writer,
      apply: async () => {
        calls += 1;
        throw new AuditorError("auth", "ghost", "the key was refused (401)", "renew it");
      },
    };
    const result = await run(planId, { writers: new Map([[DEST, refused]]) });
    expect(result).toMatchObject({
      state: "stopped",
      because: "ghost: the key was refused (401) → renew it",
      counts: { failed: 5, waiting: 95 },
    });
    expect(calls).toBe(1);
  });
});

describe("a person's stop", () => {
  it("ends writing within 5 s, even inside a call or a long wait, and leaves nothing in doubt", async () => {
    const planId = await removal(200);
    let stoppedAt = 0;
    let lastWrite = 0;
    const writer = vendorWriter(vendor, 20);
    // A call that takes a minute unless it is aborted.
    const slow: typeof writer = {
      ...writer,
      async apply(batch, source, context) {
        lastWrite = time.now();
        if (vendor.calls === 3) {
          stoppedAt = time.now();
          await store.requestStop(planId, "Ana");
          await time.sleep(60_000, context.signal);
          lastWrite = time.now();
          throw new AuditorError("interrupted", "ghost", "aborted", "try again");
        }
        return writer.apply(batch, source, context);
      },
    };
    const result = await run(planId, { writers: new Map([[DEST, slow]]) });
    expect(result).toMatchObject({ state: "stopped", because: "stopped by Ana", counts: { in_doubt: 0 } });
    expect(lastWrite - stoppedAt).toBeLessThanOrEqual(5_000);
    expect(result.counts.applied).toBe(200 - left());
  });
  it("does not wait out a Retry-After", async () => {
    const planId = await removal(20);
    vendor.fault = () => "retry";
    vendor.onCall = () => {
      if (vendor.calls === 2) void store.requestStop(planId, "Ben");
    };
    const began = time.now();
    expect(await run(planId)).toMatchObject({
      state: "stopped",
      because: "stopped by Ben",
      counts: { in_doubt: 0, applied: 0 },
    });
    expect(time.now() - began).toBeLessThan(20_000);
  });
});

describe("the lease", () => {
  it("is held by one process only, and renewed for as long as it takes", async () => {
    const planId = await removal(40);
    const second: unknown[] = [];
    vendor.onCall = () => {
      second.push(run(planId, { holder: "two" }).catch((e: unknown) => e));
    };
    vendor.fault = () => (vendor.calls < 6 ? "retry" : "none");
    expect((await run(planId)).state).toBe("done");
    for (const e of await Promise.all(second)) expect(e).toMatchObject({ kind: "refused" });
  });
  it("once lost, stops every write at once and leaves the rest to the new holder", async () => {
    const planId = await removal(60);
    let calls = 0;
    const losing: PlanStore = { ...store, renew: async () => false };
    vendor.onCall = () => {
      calls += 1;
    };
    vendor.fault = () => "retry";
    await expect(run(planId, { store: losing })).rejects.toMatchObject({ kind: "stale" });
    const at = calls;
    vendor.fault = () => "none";
    await time.sleep(30_000, new AbortController().signal);
    expect(calls).toBe(at);
    expect(await run(planId, { holder: "two" })).toMatchObject({ state: "done", counts: { applied: 60 } });
    expect(vendor.mutations).toHaveLength(60);
  });
  it("a shutdown leaves the plan applying; the same call finishes it", async () => {
    const planId = await removal(60);
    const down = new AbortController();
    vendor.onCall = () => {
      if (vendor.calls === 3) down.abort();
    };
    await expect(run(planId, { signal: down.signal })).rejects.toMatchObject({ kind: "interrupted" });
    expect((await store.get(planId))?.state).toBe("applying");
    expect(await run(planId, { holder: "two" })).toMatchObject({ state: "done", counts: { applied: 60 } });
    expect(vendor.mutations).toHaveLength(60);
  });
});

describe("does not start", () => {
  it("what is not approved, has expired, or was changed in the store", async () => {
    const planId = await removal(3);
    time.advance(3_600_000);
    expect(await run(planId)).toMatchObject({ state: "expired", counts: { waiting: 3 } });
    await expect(run(planId)).rejects.toThrow(/it is expired/);
    await expect(run(999)).rejects.toMatchObject({ kind: "not_found" });
    const other = await removal(3);
    const tampered: PlanStore = {
      ...store,
      get: async (id) => {
        const p = await store.get(id);
        return p && { ...p, doc: { ...p.doc, author: "Eve" } };
      },
    };
    await expect(run(other, { store: tampered })).rejects.toThrow(/not what was drafted/);
    const unapproved: PlanStore = {
      ...store,
      get: async (id) => {
        const p = await store.get(id);
        return p && { ...p, approvals: [] };
      },
    };
    await expect(run(other, { store: unapproved })).rejects.toThrow(/no valid approval/);
    expect(vendor.calls).toBe(0);
  });
  it("where there is no writer, or one that batches what it was not given", async () => {
    const none = await run(await removal(3), { writers: new Map() });
    expect(none).toMatchObject({
      state: "stopped",
      because: "system ghost: has no write access → add a write credential to the configuration",
    });
    const cheat = {
      ...vendorWriter(vendor),
      batches: (c: Parameters<ReturnType<typeof vendorWriter>["batches"]>[0]) => [[...c, ...c]],
    };
    const cheated = await run(await removal(3), { writers: new Map([[DEST, cheat]]) });
    expect(cheated).toMatchObject({ state: "stopped", counts: { waiting: 3 } });
    expect(cheated.because).toMatch(/batched a change that it was not given, or one twice/);
    expect(vendor.calls).toBe(0);
  });
});

it("waits as long as the vendor asks, then goes on", async () => {
  const planId = await removal(10);
  let n = 0;
  vendor.fault = () => (n++ < 5 ? "retry" : "none");
  const began = time.now();
  expect(await run(planId)).toMatchObject({ state: "done", counts: { applied: 10 } });
  expect(time.now() - began).toBeGreaterThanOrEqual(2_000);
});

it("tells who was changed back before it ended", async () => {
  const planId = await removal(10);
  const result = await run(planId, {
    failpoint: (name) => {
      if (name === "after_move_verifying") vendor.put(mailOf(4), { ...here });
    },
  });
  expect(result).toMatchObject({
    state: "done",
    because: "1 person changed back since; another writer may be at work",
    counts: { applied: 10 },
  });
  expect(result.reverted).toHaveLength(1);
});

it("a slow read is no ghost ack within the time that the system needs to settle", async () => {
  vendor.lagMs = CAPABILITIES.settle.maxMs;
  const planId = await removal(10);
  time.advance(1_000);
  expect(await run(planId)).toMatchObject({ state: "done", ghostAcks: 0, counts: { applied: 10 } });
});

describe("the last look before the first write", () => {
  it("refuses the plan when a guard fails then, and calls nobody", async () => {
    const id = await removal(3);
    const recheck = async () => "Writes are switched on: writes to Ghost are off";
    const result = await applyPlan(applyInput(time, store, vendor, id, { recheck }));
    expect(result).toMatchObject({ state: "refused", because: await recheck() });
    expect([vendor.calls, store.journal.length]).toEqual([0, 0]);
  });
  it("looks under the lease, once it is applying, so that nothing comes between", async () => {
    const id = await removal(3);
    const seen: unknown[] = [];
    const recheck = async () => {
      seen.push((await store.get(id))?.state, await store.acquire(id, "another", 15));
      return null;
    };
    expect((await applyPlan(applyInput(time, store, vendor, id, { recheck }))).state).toBe("done");
    expect(seen).toEqual(["applying", null]);
  });
  it("a limit that only an override lets through is used up, and not lent twice", async () => {
    const limits = { ...testConfig().safeguards };
    const id = await removal(30);
    expect((await applyPlan(applyInput(time, store, vendor, id, { safeguards: limits }))).state).toBe(
      "refused",
    );
    const again = await removal(30);
    const plan = (await store.get(again))!;
    const override = { person: "Cleo", at: at(time.now()), hash: plan.hash, reason: "the fair is over" };
    await store.override(again, override);
    const done = await applyPlan(applyInput(time, store, vendor, again, { safeguards: limits }));
    expect(done.state).toBe("done");
    expect((await store.get(again))?.override?.usedAt).not.toBeNull();
    expect(await store.takeOverride(again, at(time.now()))).toBe(false);
  });
});

it("takes a record that left with its list for removed only where the system keeps none", async () => {
  const gone = vendorWriter(vendor, 7);
  const leaving = (leavesNoRecord: boolean) => ({
    ...gone,
    capabilities: { ...CAPABILITIES, ...(leavesNoRecord ? { leavesNoRecord: true as const } : {}) },
    apply: async (...args: Parameters<typeof gone.apply>) => {
      const said = await gone.apply(...args);
      for (const c of args[0]) vendor.recs.delete(c.identifiers.email ?? "");
      return said;
    },
  });
  const first = await run(await removal(3), { writers: new Map([[DEST, leaving(true)]]) });
  expect(first.counts).toMatchObject({ applied: 3, unknown: 0 });
  const second = await run(await removal(3), { writers: new Map([[DEST, leaving(false)]]) });
  expect(second.counts).toMatchObject({ applied: 0, unknown: 3 });
});
