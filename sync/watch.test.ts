import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { PlanStore } from "../core/ports.ts";
import { silent } from "../test/property/sync-world.ts";
import { type Watch, type WatchInput, watch } from "./watch.ts";

const LEASE_SECONDS = 15;
const down = new AbortController();
let wall = 0;
let ran = 0;
let renew: PlanStore["renew"];
let watching: Watch;

const begin = (more: Partial<WatchInput> = {}) => {
  watching = watch({
    store: { renew: (...a) => renew(...a), stopRequested: async () => false },
    lease: { planId: 1, holder: "one", fence: 1 },
    leaseSeconds: LEASE_SECONDS,
    clock: { now: () => new Date(wall) },
    elapsedMs: () => ran,
    log: silent,
    signal: down.signal,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const end = () => {
          clearTimeout(timer);
          signal.removeEventListener("abort", end);
          resolve();
        };
        const timer = setTimeout(end, ms);
        signal.addEventListener("abort", end);
      }),
    ...more,
  });
  return watching;
};

beforeEach(() => {
  vi.useFakeTimers();
  wall = 0;
  ran = 0;
  renew = async () => true;
});
afterEach(() => {
  vi.useRealTimers();
});

it.each([
  ["both clocks", LEASE_SECONDS * 1_000 + 1, LEASE_SECONDS * 1_000 + 1],
  ["only the wall clock (the machine slept)", LEASE_SECONDS * 1_000 + 1, 0],
  ["only the steady one (somebody set the time back)", -3_600_000, LEASE_SECONDS * 1_000 + 1],
])("a process that wakes past its lease by %s is stopped before any timer fires", async (_, w, r) => {
  const w1 = begin();
  expect([w1.call.aborted, w1.halt.aborted]).toEqual([false, false]);
  wall = w;
  ran = r;
  expect(w1.call.aborted, "whoever asks right before a request").toBe(true);
  expect([w1.halt.aborted, w1.firm.aborted]).toEqual([true, true]);
  await expect(w1.poll()).rejects.toMatchObject({ kind: "stale" });
  await w1.end();
});

it("a renewal that hangs does not keep calls alive past the lease", async () => {
  renew = () => new Promise(() => undefined);
  const w = begin({ elapsedMs: () => Date.now(), clock: { now: () => new Date() } });
  await vi.advanceTimersByTimeAsync(LEASE_SECONDS * 1_000 - 100);
  expect(w.call.aborted).toBe(false);
  const aborted = vi.fn();
  w.call.addEventListener("abort", aborted);
  await vi.advanceTimersByTimeAsync(200);
  expect(aborted).toHaveBeenCalledOnce();
});

it("renewals that fail end everything at two thirds of the lease, so that what is under way can end before it", async () => {
  renew = async () => {
    throw new Error("the database is away");
  };
  const w = begin({ elapsedMs: () => Date.now(), clock: { now: () => new Date() } });
  await vi.advanceTimersByTimeAsync((LEASE_SECONDS * 2_000) / 3 - 500);
  expect(w.firm.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(1_600);
  expect([w.halt.aborted, w.firm.aborted]).toEqual([true, true]);
});
