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
  .record({ kind, pace, style, seed, plain: fc.boolean(), length: fc.integer({ min: 1, max: 160 }) })
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

/** What is wrong with a verdict; null: nothing. */
function wrong(v: StreamVerdict): string | null {
  for (const [name, value] of Object.entries(v))
    if (typeof value === "number" && !Number.isFinite(value)) return `${name} is ${value}`;
  if (v.score < 0) return `score ${v.score}`;
  if (v.score > 1 !== v.flagged) return `score ${v.score}, flagged ${v.flagged}`;
  if (v.flagged && !v.open) return "flagged and not open";
  if (v.flagged && v.test === null) return "flagged by nothing";
  if (v.because !== null && (v.flagged || v.expected !== null || v.z !== null)) return "left out, yet judged";
  if (v.because === null && (v.expected === null || v.low === null || v.high === null))
    return "no expectation";
  if (
    v.expected !== null &&
    v.low !== null &&
    v.high !== null &&
    !(v.low <= v.expected && v.expected <= v.high)
  )
    return `expected ${v.expected} outside ${v.low} … ${v.high}`;
  if (![-1, 0, 1].includes(v.side)) return `side ${v.side}`;
  if (!Number.isInteger(v.points) || v.points < 0) return `points ${v.points}`;
  return null;
}

describe("the metric engine", () => {
  test("judges a point by what came before it only, the same way every time, and only reads what it is given", () => {
    fc.assert(
      fc.property(any, fc.nat(), ({ kind, points }, at) => {
        const cut = at % (points.length + 1);
        const whole = judged(kind, frozen(points));
        expect(judged(kind, points.slice(0, cut))).toEqual(whole.slice(0, cut));
        expect(judged(kind, points)).toEqual(whole);
      }),
      { numRuns: 60 },
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
      { numRuns: 100 },
    );
  });

  test("goes on from its state when it stops after every point", () => {
    for (const kind of KINDS)
      for (const pace of PACE_NAMES) {
        const points = series(kind, pace, 77, 60);
        const whole = judged(kind, points);
        let stream = new MetricStream(kind);
        for (const [i, p] of points.entries()) {
          stream = stored(stream);
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
      { numRuns: 40 },
    );
  });

  test.each(KINDS)(
    "%s: whatever comes, every figure of a verdict is one, and above 1 is an alarm",
    (kind) => {
      fc.assert(
        fc.property(pace, style, seed, fc.boolean(), (pace, style, seed, rebaseline) => {
          const stream = new MetricStream(kind, { rebaseline });
          for (const p of hostile(kind, pace, style, seed, 150)) expect(wrong(stream.push(p))).toBeNull();
        }),
        { numRuns: 60 },
      );
    },
  );

  test("plain series: the same", () => {
    fc.assert(
      fc.property(kind, pace, seed, (kind, pace, seed) => {
        for (const v of judged(kind, series(kind, pace, seed, 120))) expect(wrong(v)).toBeNull();
      }),
      { numRuns: 60 },
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
      { numRuns: 40 },
    );
  });

  test.each(KINDS)("%s: what it keeps does not grow", (kind) => {
    // A weekday that no point fell on yet is a short zero, so a week has to be over before lengths compare.
    for (const [pace, first] of [
      ["daily", 200],
      ["hourly", 200],
      ["5 minutes", 2_100],
    ] as const) {
      const stream = new MetricStream(kind);
      const points = series(kind, pace, 5, 5_000);
      all(stream, points.slice(0, first));
      const early = JSON.stringify(stream.toJSON()).length;
      all(stream, points.slice(first));
      const late = JSON.stringify(stream.toJSON()).length;
      expect(late / early).toBeLessThan(1.1);
      expect(late).toBeLessThan(60_000);
    }
  });

  test("a pool of siblings is only a start: whoever has none of them judges by itself", () => {
    const pool = new StreamPool();
    const points = series("count", "daily", 3, 80);
    expect(all(new MetricStream("count", { pool }), points)).toEqual(judged("count", points));
  });
});
