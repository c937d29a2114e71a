import { expect, test } from "vitest";
import { distributionDetector, flipDetector, metricDetector } from "./detectors.ts";

/** Throws on any write, at any depth. */
function frozen<T extends object>(value: T): T {
  for (const inner of Object.values(value)) if (typeof inner === "object" && inner !== null) frozen(inner);
  return Object.freeze(value);
}

const at = (day: number): number => Date.UTC(2026, 0, 5 + day);

test("what is handed in is only read", () => {
  const metric = metricDetector();
  const flip = flipDetector();
  const distribution = distributionDetector();
  for (let i = 0; i < 60; i++) {
    metric.judge(frozen({ series: "a", t: at(i), kind: "count", value: 1_000 + (i % 7) }));
    metric.judge(frozen({ series: "b", t: at(i), kind: "rate", value: 0.5, denominator: 100 + i }));
    const [added, removed] = i % 2 === 0 ? [["p", "q"], ["r"]] : [["r"], ["p", "q"]];
    flip.judge(frozen({ segment: "s", t: at(i), size: 10, added, removed }));
    distribution.judge(frozen({ series: "d", t: at(i), counts: { x: 100 + i, y: i === 50 ? 500 : 50 } }));
  }
});

test("a series is one by its name and kind, and takes nothing from another", () => {
  const alone = metricDetector();
  const beside = metricDetector();
  for (let i = 0; i < 80; i++) {
    const point = { series: "a", t: at(i), kind: "gauge", value: i === 60 ? 900 : 100 + (i % 5) };
    beside.judge({ ...point, kind: "latency", value: 5 + (i % 3) });
    const verdict = beside.judge(point);
    expect(verdict).toEqual(alone.judge(point));
  }
});

test("ids come back as they were written", () => {
  const flip = flipDetector();
  let members: unknown;
  for (let i = 0; i < 80; i++) {
    const fight = i < 40 ? [] : [7, "7", "n", ""];
    const [added, removed] = i % 2 === 0 ? [fight, []] : [[], fight];
    const answer = flip.judge({ segment: "s", t: at(i), size: 1_000, added, removed });
    if (answer.flagged) members = answer.members;
  }
  expect(members).toEqual(expect.arrayContaining([7, "7", "n", ""]));
  expect(members).toHaveLength(4);
});
