import { expect, test } from "vitest";
import { MetricStream } from "../../checks/stats/stream/metric-stream.ts";
import { KINDS, series } from "./stream-input.ts";

test.each(KINDS)("%s: what it keeps does not grow", (kind) => {
  // A weekday that no point fell on yet is a short zero, so a week has to be over before lengths compare.
  for (const [pace, first] of [
    ["daily", 200],
    ["5 minutes", 2_100],
  ] as const) {
    const stream = new MetricStream(kind);
    const points = series(kind, pace, 5, 5_000);
    for (const p of points.slice(0, first)) stream.push(p);
    const early = JSON.stringify(stream.toJSON()).length;
    for (const p of points.slice(first)) stream.push(p);
    const late = JSON.stringify(stream.toJSON()).length;
    expect(late / early).toBeLessThan(1.1);
    expect(late).toBeLessThan(70_000);
  }
});
