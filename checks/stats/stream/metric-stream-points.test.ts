import { describe, expect, test } from "vitest";
import type { StreamKind } from "../../../core/stream.ts";
import { DAY, flagged, MINUTE, quietSize, run, START } from "../../../test/property/stream-run.ts";
import { MetricStream } from "./metric-stream.ts";

const SEEDS = [1, 2, 3, 4];

describe("the beginning", () => {
  test("the first point is only taken in, and nothing is told before the fifth was judged", () => {
    const v = run("size", 12, (i) => (i % 2 === 0 ? 100 : 90_000));
    expect(v[0]).toEqual({
      score: 0,
      flagged: false,
      open: false,
      expected: null,
      low: null,
      high: null,
      z: null,
      test: null,
      side: 0,
      points: 0,
      newNormal: false,
      because: "first",
    });
    expect(flagged(v).filter((i) => i < 5)).toEqual([]);
    expect(v.slice(0, 5).every((x) => x.score === 0)).toBe(true);
  });

  test.each(["size", "count", "rate", "latency"] as const)("%s: judged from the second point", (kind) => {
    const v = run(kind, 3, () => ({ value: 0.5, denominator: 100 }));
    expect(v.map((x) => x.because)).toEqual(["first", null, null]);
    expect(v[1]?.expected).not.toBeNull();
  });

  test("a gauge waits for six points to know its scale", () => {
    const v = run("gauge", 8, (i) => 10 + (i % 3));
    expect(v.map((x) => x.because)).toEqual(["first", "first", "first", "first", "first", null, null, null]);
  });

  test.each(SEEDS)("two quiet weeks are enough to find a list that halves; seed %d", (seed) => {
    const v = run("size", 15, (i, l) => Math.round(quietSize(i, l) * (i === 14 ? 0.5 : 1)), { seed });
    expect(flagged(v)).toEqual([14]);
  });
});

describe("what is no point", () => {
  const push = (kind: StreamKind, value: number, denominator: number | null, t = START) =>
    new MetricStream(kind).push({ t, value, denominator }).because;

  test.each([
    ["size", Number.NaN, null],
    ["size", -1, null],
    ["count", Number.POSITIVE_INFINITY, null],
    ["rate", 1.01, 10],
    ["rate", 0.5, 0],
    ["rate", 0.5, -1],
    ["rate", 0.5, Number.NaN],
    ["latency", -0.1, null],
    ["gauge", Number.NEGATIVE_INFINITY, null],
    ["gauge", 1e200, null],
  ] as const)("%s of %d, denominator %d", (kind, value, denominator) => {
    expect(push(kind, value, denominator)).toBe("not a value");
  });

  test.each([
    ["size", 0, null],
    ["rate", 0, 1],
    ["rate", 1, null],
    ["gauge", -4, null],
    ["latency", 0, null],
    ["count", 3, 0],
  ] as const)("%s of %d, denominator %d, is one", (kind, value, denominator) => {
    expect(push(kind, value, denominator)).toBe("first");
  });

  test("a moment that no date can be", () => {
    for (const t of [Number.NaN, Number.POSITIVE_INFINITY, 1e17])
      expect(push("size", 5, null, t)).toBe("not a value");
  });

  test("one from the past is late; of three in a row the clock was set back, and the fourth is judged", () => {
    const stream = new MetricStream("size");
    const at = (day: number) =>
      stream.push({ t: START + day * DAY, value: 1_000 + (day % 3), denominator: null });
    for (let day = 0; day < 30; day++) at(day);
    expect([29, 10].map((day) => at(day).because)).toEqual(["late", "late"]);
    expect(at(30).because).toBeNull();
    expect([10, 11, 12, 13].map((day) => at(day).because)).toEqual(["late", "late", "late", null]);
  });

  test("a clock set back between the first points starts the series again", () => {
    const stream = new MetricStream("size");
    const at = (day: number) => stream.push({ t: START + day * DAY, value: 1_000, denominator: null });
    expect([900, 0, 1, 2, 3, 4].map((day) => at(day).because)).toEqual([
      "first",
      "late",
      "late",
      "late",
      "first",
      null,
    ]);
    expect(stream.toJSON()).toMatchObject({ step: DAY, cadence: "daily" });
  });
});

describe("the state", () => {
  test("of another version is refused by name", () => {
    const state = new MetricStream("size").toJSON();
    expect(() => MetricStream.from({ ...state, version: 0 })).toThrow(/version 0/);
  });

  test("a gauge that stood still and moves at last keeps a believable spread", () => {
    for (const to of [1, 1e12]) {
      const v = run("gauge", 400, (i) => (i > 30 && Math.floor(i / 20) % 2 === 0 ? to : 0), {
        every: 5 * MINUTE,
      });
      for (const x of v.filter((x) => x.because === null)) {
        expect(Math.abs(x.expected ?? Number.NaN)).toBeLessThan(20 * to);
        expect(Math.abs(x.high ?? Number.NaN)).toBeLessThan(100 * to);
      }
    }
  });
});
