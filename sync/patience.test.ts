import { expect, it } from "vitest";
import { AuditorError } from "../core/errors.ts";
import { retryAfterMs } from "../systems/http/retry.ts";
import { askedFor, looksOf } from "./patience.ts";
import { noEffect, notSent } from "./writers/outcome.ts";

it.each([
  [{ typicalMs: 5_000, maxMs: 120_000 }, [5_000, 10_000, 20_000, 40_000, 45_000]],
  [{ typicalMs: 0, maxMs: 60_000 }, [0, 1_000, 2_000, 4_000, 8_000, 16_000, 29_000]],
  [{ typicalMs: 500, maxMs: 500 }, [500, 1_000, 2_000]],
  [{ typicalMs: 0, maxMs: 0 }, [0, 0, 0]],
])("looks for an effect until the longest settle time has passed: %o", (settle, waits) => {
  expect(looksOf(settle)).toEqual(waits);
});

const now = Date.parse("2026-11-26T12:00:00Z");
it.each([
  ["120", 120_000],
  [" 1.5 ", 1_500],
  ["1000000000", 86_400_000],
  ["Thu, 26 Nov 2026 12:00:30 GMT", 30_000],
  ["Fri, 26 Nov 2100 12:00:00 GMT", 86_400_000],
  ["Wed, 21 Oct 2015 07:28:00 GMT", null],
  ["0", null],
  ["-5", null],
  ["soon 7", null],
  ["", null],
  [null, null],
])("Retry-After %j is %j ms", (header, ms) => {
  expect(retryAfterMs(header, now)).toBe(ms);
});

it("carries what the system asked for through every writer's answer", () => {
  const limited = new AuditorError("rate_limited", "ghost", "429", "wait", { retryAfterMs: 300_000 });
  for (const outcome of [notSent(limited), noEffect(limited)])
    expect(outcome).toMatchObject({ status: "retry", retryAfterMs: 300_000 });
  expect(askedFor(limited)).toBe(300_000);
  expect(
    askedFor(new AuditorError("rate_limited", "ghost", "429", "wait", { retryAfterMs: 60_000 })),
  ).toBeNull();
  expect(notSent(new AuditorError("bad_data", "ghost", "a web page", "look"))).toMatchObject({
    status: "retry",
  });
  expect(noEffect(new AuditorError("bad_data", "ghost", "a web page", "look"))).toMatchObject({
    status: "failed",
  });
});
