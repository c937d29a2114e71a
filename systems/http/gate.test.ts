import { expect, it } from "vitest";
import { makeGate, type RateRule } from "./gate.ts";

/** A gate on a clock that only sleeping moves. */
function world(
  rules: readonly RateRule[],
  more: { share?: number; concurrency?: number; quiet?: () => number } = {},
) {
  let now = 0;
  const gate = makeGate({
    rules,
    share: more.share ?? 1,
    concurrency: more.concurrency ?? 100,
    elapsedMs: () => now,
    sleep: async (ms) => {
      now += ms;
    },
    quietMs: more.quiet ?? (() => 0),
  });
  const go = async (path = "/a") => {
    (await gate.enter("GET", path, new AbortController().signal))();
    return now;
  };
  return { gate, go, now: () => now };
}

it("lets a window's requests through at once and makes the next one wait for the oldest", async () => {
  const { go } = world([{ requests: 3, windowMs: 1000 }]);
  expect([await go(), await go(), await go(), await go()]).toEqual([0, 0, 0, 1000]);
});

it("takes only its share, and at least one", async () => {
  const { go } = world([{ requests: 10, windowMs: 1000 }], { share: 0.3 });
  expect([await go(), await go(), await go(), await go()]).toEqual([0, 0, 0, 1000]);
  const small = world([{ requests: 2, windowMs: 1000 }], { share: 0.3 });
  expect([await small.go(), await small.go()]).toEqual([0, 1000]);
});

it("never exceeds any rule over any window, whatever comes", async () => {
  const rules = [
    { requests: 5, windowMs: 100 },
    { requests: 12, windowMs: 1000 },
  ];
  const { go } = world(rules);
  const times: number[] = [];
  for (let i = 0; i < 60; i++) times.push(await go());
  for (const { requests, windowMs } of rules) {
    for (const t of times)
      expect(times.filter((x) => x >= t && x < t + windowMs).length).toBeLessThanOrEqual(requests);
  }
});

it("counts a rule only for the requests that it is about", async () => {
  const { go } = world([{ requests: 1, windowMs: 1000, match: (_, path) => path.startsWith("/slow") }]);
  expect([await go("/slow"), await go("/a"), await go("/a"), await go("/slow")]).toEqual([0, 0, 0, 1000]);
});

it("lets nobody in while paused, and tells how long; a pause is never shortened", async () => {
  const { gate, go } = world([]);
  gate.pause(700);
  gate.pause(100);
  expect(gate.pausedMs()).toBe(700);
  expect(await go()).toBe(700);
  gate.pause(1e12);
  expect(gate.pausedMs()).toBe(86_400_000);
});

it("keeps quiet around a send", async () => {
  let left = 300;
  const { go } = world([], {
    quiet: () => {
      const ms = left;
      left = 0;
      return ms;
    },
  });
  expect(await go()).toBe(300);
});

it("holds no more than so many at once, and gives a turn back", async () => {
  const { gate, now } = world([], { concurrency: 1 });
  const signal = new AbortController().signal;
  const leave = await gate.enter("GET", "/a", signal);
  let second = false;
  const waiting = gate.enter("GET", "/b", signal).then(() => {
    second = true;
  });
  for (let i = 0; i < 20; i++) await Promise.resolve();
  expect(second).toBe(false);
  leave();
  await waiting;
  expect(now()).toBeGreaterThan(0);
});

it("stops waiting when told to", async () => {
  const { gate } = world([]);
  gate.pause(1000);
  await gate.enter("GET", "/a", AbortSignal.abort());
  expect(gate.pausedMs()).toBe(1000);
});
