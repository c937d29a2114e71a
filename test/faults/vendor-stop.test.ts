import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Fault } from "../../demo/sim/faults.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { brokenText, judgeRun, live, prepare, worldOf } from "./vendor-run.ts";
import { ghostSim, klaviyoSim, type Sim } from "./vendor-sims.ts";

// In real time: a person stops the plan while a call is slow. Nothing is written later than 5 s after that.
const LIMIT_MS = 5_000;
/** Reading back what was sent goes on a little; then the plan has to say that it is stopped. */
const READ_MS = 25_000;
const GHOST = { name: "Ghost", start: ghostSim } as const;
const KLAVIYO = { name: "Klaviyo", start: () => klaviyoSim(3_000) } as const;
const writes = { on: "writes", skip: 1, times: null } as const;
const reads = { on: "reads", afterWrites: 1, times: null } as const;

type Case = readonly [slow: string, system: typeof GHOST | typeof KLAVIYO, fault: Fault];
const CASES: readonly Case[] = [
  ["a write that hangs", GHOST, { kind: "timeout_before", ...writes }],
  ["a write that hangs", KLAVIYO, { kind: "timeout_before", ...writes }],
  ["a wait for Retry-After", GHOST, { kind: "rate_limited", retryAfter: "30", ...writes }],
  ["a wait for Retry-After", KLAVIYO, { kind: "rate_limited", retryAfter: "30", ...writes }],
  [
    "a wait for Retry-After longer than one try",
    GHOST,
    { kind: "rate_limited", retryAfter: "100", ...writes },
  ],
  ["a read before the first write that hangs", GHOST, { kind: "timeout_before", on: "reads", times: null }],
  ["a read-back that hangs", GHOST, { kind: "timeout_before", ...reads, times: 3 }],
  ["a job that is asked after", KLAVIYO, { kind: "job_stuck", on: "writes", times: null }],
  ["a wait for the effect to show", KLAVIYO, { kind: "read_lag", ms: 8_000, times: null }],
  ["an answer that drips", KLAVIYO, { kind: "slow_drip", ms: 60_000, ...writes }],
];

describe.each([GHOST, KLAVIYO])("stopping a plan on $name in the middle of", (system) => {
  let sim: Sim;
  let database: TestDatabase;
  beforeAll(async () => {
    sim = await system.start();
    database = await testDatabase();
  });
  afterAll(async () => {
    await sim.close();
    await database.drop();
  });

  it.each(CASES.filter(([, of]) => of === system))("%s", async (_slow, _of, fault) => {
    const w = worldOf(sim, database);
    const p = await prepare(w, 16);
    await sim.fault(fault);
    const began = Date.now();
    const sleep = async (ms: number, signal: AbortSignal) => void (await wait(ms, undefined, { signal }));
    const running = live(w, p.plan.id, { sleep }, { timeoutMs: 10_000 });
    await wait(2_500);
    const stoppedAt = Date.now();
    await w.store.requestStop(p.plan.id, "Ana");
    await wait(LIMIT_MS);
    await sim.heal();
    const life = await running;
    expect(life).toMatchObject({ state: "stopped", because: "stopped by Ana", error: null });
    expect(Date.now() - stoppedAt).toBeLessThan(READ_MS);
    const sent = (await sim.asked()).filter((r) => r.method !== "GET" && r.atMs >= began);
    expect(Math.max(0, ...sent.map((r) => r.atMs - stoppedAt))).toBeLessThan(LIMIT_MS);
    const truth = await judgeRun(w, p);
    expect(brokenText(truth)).toBe("");
    expect((await w.store.get(p.plan.id))?.stopRequestedBy).toBe("Ana");
    expect(truth.ends.waiting ?? 0).toBeGreaterThan(0);
  });
});
