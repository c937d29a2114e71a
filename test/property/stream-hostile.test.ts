import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MetricStream } from "../../checks/stats/stream/metric-stream.ts";
import type { StreamVerdict } from "../../core/stream.ts";
import { hostile, KINDS, PACES, type Pace, STYLES, series } from "./stream-input.ts";

const kind = fc.constantFrom(...KINDS);
const pace = fc.constantFrom(...(Object.keys(PACES) as Pace[]));
const style = fc.constantFrom(...STYLES);
const seed = fc.integer({ min: 1, max: 1e9 });

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
  test.each(KINDS)(
    "%s: whatever comes, every figure of a verdict is one, and above 1 is an alarm",
    (kind) => {
      fc.assert(
        fc.property(pace, style, seed, fc.boolean(), (pace, style, seed, rebaseline) => {
          const stream = new MetricStream(kind, { rebaseline });
          for (const p of hostile(kind, pace, style, seed, 150)) expect(wrong(stream.push(p))).toBeNull();
        }),
        { numRuns: 15 },
      );
    },
  );

  test("plain series: the same", () => {
    fc.assert(
      fc.property(kind, pace, seed, (kind, pace, seed) => {
        const stream = new MetricStream(kind);
        for (const p of series(kind, pace, seed, 120)) expect(wrong(stream.push(p))).toBeNull();
      }),
      { numRuns: 15 },
    );
  });

  // Such series once ended in NaN after weeks, since a variance had become negative.
  test.each([
    ["0 or 1e15", 434],
    ["zero or one", 434],
    ["wild", 1_674],
    ["wild", 806],
  ] as const)("a gauge that stands still, jumps and stands still: %s, %d", (style, seed) => {
    const stream = new MetricStream("gauge");
    for (const p of hostile("gauge", "daily", style, seed, 400)) expect(wrong(stream.push(p))).toBeNull();
  });
});
