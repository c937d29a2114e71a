import { expect, test } from "vitest";
import { MetricStream } from "./metric-stream.ts";
import { StreamPool } from "./pool.ts";
import { priorOf } from "./priors.ts";

test("what siblings know is the median of five or more of one kind, each counted once", () => {
  const pool = new StreamPool();
  const siblings = [0.01, 0.02, 0.05, 0.9].map((sigma) => ({ sigma }));
  for (const s of siblings) pool.learn("count", s, Math.log(s.sigma));
  pool.learn("count", siblings[0] as object, Math.log(0.01));
  expect(pool.sigma("count")).toBeNull();
  pool.learn("count", {}, Math.log(0.03));
  expect(pool.sigma("count")).toBeCloseTo(0.03, 12);
  expect(pool.sigma("size")).toBeNull();
});

test("it replaces the usual noise of a kind, but for a gauge, which has its own scale", () => {
  expect(priorOf("count", 0, 0.03).sigma).toBe(0.03);
  expect(priorOf("count", 0, null).sigma).toBe(0.12);
  expect(priorOf("gauge", 5, 0.03).sigma).toBe(5);
});

test("a rate's prior scales with its spread, and is something even at 0 and 1", () => {
  expect(priorOf("rate", 0.5, null).lively).toBeCloseTo(0.06, 12);
  for (const p of [0, 1])
    for (const v of Object.values(priorOf("rate", p, null))) expect(v).toBeGreaterThan(0);
});

test("a series that starts among calm siblings expects a calm day", () => {
  const width = (sigma: number) => {
    const pool = new StreamPool();
    for (let i = 0; i < 5; i++) pool.learn("count", {}, Math.log(sigma));
    const stream = new MetricStream("count", { pool });
    const at = (day: number) => stream.push({ t: day * 86_400_000, value: 100_000, denominator: null });
    at(20_000);
    const second = at(20_001);
    return (second.high ?? 0) - (second.low ?? 0);
  };
  expect(width(0.02)).toBeLessThan(width(0.4) / 2);
});
