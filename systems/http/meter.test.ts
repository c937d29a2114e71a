import { expect, test } from "vitest";
import { makeGate } from "./gate.ts";
import { makeMeter } from "./meter.ts";

const seen = (status: number) => ({
  method: "GET",
  path: "/x",
  status,
  headers: new Headers(),
  durationMs: 1,
});

test("requests, refusals, and each minute of waiting once", () => {
  let now = 0;
  const gate = makeGate({
    rules: [],
    concurrency: 2,
    share: 1,
    elapsedMs: () => now,
    sleep: async () => undefined,
    quietMs: () => 0,
  });
  const meter = makeMeter(gate);
  for (const status of [200, 429, 429, 500]) meter.observe(seen(status));
  meter.gate.pause(60_000);
  now = 10_000;
  meter.gate.pause(50_000); // ends with the first
  meter.gate.pause(70_000); // 20 s longer
  expect(meter.traffic()).toEqual({ requests: 4, throttled: 2, waitedMs: 80_000 });
  expect(gate.pausedMs()).toBe(70_000);
});
