import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MetricStream } from "../../checks/stats/stream/metric-stream.ts";
import { StreamPool } from "../../checks/stats/stream/pool.ts";
import type { StreamKind, StreamPoint, StreamVerdict } from "../../core/stream.ts";
import { hostile, KINDS, PACES, type Pace, START, STYLES, series } from "./stream-input.ts";

const PACE_NAMES = Object.keys(PACES) as Pace[];
const kind = fc.constantFrom(...KINDS);
const pace = fc.constantFrom(...PACE_NAMES);
const style = fc.constantFrom(...STYLES);
const seed = fc.integer({ min: 1, max: 1e9 });
/** Any series there may be, plain or hostile. */
const any = fc
  .record({ kind, pace, style, seed, plain: fc.boolean(), length: fc.integer({ min: 1, max: 120 }) })
  .map(({ kind, pace, style, seed, plain, length }) => ({
    kind,
    points: plain ? series(kind, pace, seed, length) : hostile(kind, pace, style, seed, length),
  }));

const all = (stream: MetricStream, points: readonly StreamPoint[]): StreamVerdict[] =>
  points.map((p) => stream.push(p));
const judged = (kind: StreamKind, points: readonly StreamPoint[]): StreamVerdict[] =>
  all(new MetricStream(kind), points);
const stored = (stream: MetricStream): MetricStream =>
  MetricStream.from(JSON.parse(JSON.stringify(stream.toJSON())));
const frozen = (points: readonly StreamPoint[]): readonly StreamPoint[] =>
  Object.freeze(points.map((p) => Object.freeze({ ...p })));

describe("the metric engine", () => {
  test("judges a point by what came before it only, the same way every time, and only reads what it is given", () => {
    fc.assert(
      fc.property(any, fc.nat(), ({ kind, points }, at) => {
        const cut = at % (points.length + 1);
        const whole = judged(kind, frozen(points));
        expect(judged(kind, points.slice(0, cut))).toEqual(whole.slice(0, cut));
        expect(judged(kind, points)).toEqual(whole);
      }),
      { numRuns: 25 },
    );
  });

  test("goes on from its state as if it had never stopped, wherever it stopped", () => {
    fc.assert(
      fc.property(any, fc.nat(), ({ kind, points }, at) => {
        const cut = at % (points.length + 1);
        const whole = judged(kind, points);
        const before = new MetricStream(kind);
        all(before, points.slice(0, cut));
        const after = stored(before);
        expect(JSON.stringify(after)).toBe(JSON.stringify(before));
        expect(all(after, points.slice(cut))).toEqual(whole.slice(cut));
      }),
      { numRuns: 35 },
    );
  });

  test("goes on from its state when it stops again and again", () => {
    for (const kind of KINDS)
      for (const pace of PACE_NAMES) {
        const points = series(kind, pace, 77, 40);
        const whole = judged(kind, points);
        let stream = new MetricStream(kind);
        for (const [i, p] of points.entries()) {
          if (i < 8 || i % 6 === 0) stream = stored(stream);
          expect(stream.push(p)).toEqual(whole[i]);
        }
      }
  });

  test("a state that was taken stays as it was while the stream goes on", () => {
    fc.assert(
      fc.property(any, fc.nat(), ({ kind, points }, at) => {
        const cut = at % (points.length + 1);
        const stream = new MetricStream(kind);
        all(stream, points.slice(0, cut));
        const state = stream.toJSON();
        const text = JSON.stringify(state);
        all(stream, points.slice(cut));
        expect(JSON.stringify(state)).toBe(text);
      }),
      { numRuns: 25 },
    );
  });

  test("a point that is left out changes nothing but who is late", () => {
    fc.assert(
      fc.property(kind, pace, seed, fc.nat(), (kind, pace, seed, at) => {
        const points = series(kind, pace, seed, 60);
        const cut = at % points.length;
        const p = points[cut] as StreamPoint;
        const junk = [
          { ...p, value: Number.NaN },
          { ...p, t: Number.POSITIVE_INFINITY },
          { ...p, t: START - 1 },
        ];
        const verdicts = judged(kind, [...points.slice(0, cut + 1), ...junk, ...points.slice(cut + 1)]);
        expect(verdicts.slice(cut + 1, cut + 4).map((v) => v.because)).toEqual([
          "not a value",
          "not a value",
          "late",
        ]);
        expect([...verdicts.slice(0, cut + 1), ...verdicts.slice(cut + 4)]).toEqual(judged(kind, points));
      }),
      { numRuns: 20 },
    );
  });

  test("a pool of siblings is only a start: whoever has none of them judges by itself", () => {
    const pool = new StreamPool();
    const points = series("count", "daily", 3, 80);
    expect(all(new MetricStream("count", { pool }), points)).toEqual(judged("count", points));
  });
});
