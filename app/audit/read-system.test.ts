import { expect, test } from "vitest";
import { NOTHING } from "../../core/capabilities.ts";
import { AuditorError } from "../../core/errors.ts";
import { runId } from "../../core/model.ts";
import type { Collector, Traffic } from "../../core/ports.ts";
import { system } from "../../test/property/checks-input.ts";
import { readSystem } from "./read-system.ts";

const context = {
  signal: new AbortController().signal,
  clock: { now: () => new Date("2026-11-23T06:00:00.000Z") },
  log: { info: () => undefined, warn: () => undefined },
  runId: runId("r1"),
};
const none = () => {
  throw new RangeError("nothing is read here");
};

const readWith = (traffic?: () => Traffic) => {
  const collector: Collector = {
    system: system("crm", "CRM").id,
    capabilities: NOTHING,
    // biome-ignore lint/correctness/useYield: a read that the system turns away before the first page
    async *read() {
      throw new AuditorError("rate_limited", "crm", "asked to be left alone", "try again later");
    },
    warnings: async () => [],
    close: async () => undefined,
    ...(traffic === undefined ? {} : { traffic }),
  };
  return readSystem(system("crm", "CRM"), collector, [], none, context);
};

test("the requests of this read alone, also of one that failed", async () => {
  const told: Traffic[] = [
    { requests: 100, throttled: 3, waitedMs: 9000 },
    { requests: 140, throttled: 8, waitedMs: 69_000 },
  ];
  const reading = await readWith(() => told.shift()!);
  expect(reading.failure?.kind).toBe("rate_limited");
  expect(reading.traffic).toEqual({ requests: 40, throttled: 5, waitedMs: 60_000 });
});

test("a system whose requests are not counted has none, which is not zero", async () => {
  expect((await readWith()).traffic).toBeNull();
});
