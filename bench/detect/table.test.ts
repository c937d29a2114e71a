import { expect, test } from "vitest";
import { SUITES } from "./suites.ts";
import { meanOf, missed, suiteTable } from "./table.ts";

const [daily] = SUITES;
if (daily === undefined) throw new Error("there is no suite");

test("a figure is the mean of the seeds that could tell it", () => {
  expect(
    meanOf([
      { FA: 1, recall: null },
      { FA: 3, recall: 0.5 },
      { FA: 5, recall: null },
    ]),
  ).toEqual({
    FA: 3,
    recall: 0.5,
  });
  expect(meanOf([{ recall: null }])).toEqual({ recall: null });
});

test("a floor is missed by a lower figure, a dearer point, and one that nobody could tell", () => {
  expect(missed({ AuditScore: 80, "recall at FA 1": 0.78, processor: 150 }, daily.floors)).toEqual([]);
  expect(missed({ AuditScore: 79.9, "recall at FA 1": null, processor: 151 }, daily.floors)).toEqual([
    "AuditScore 79.9, must be at least 80",
    "recall at FA 1 unknown, must be at least 0.78",
    "processor 151, must be at most 150",
  ]);
});

test("one table per suite, without figures that nobody has", () => {
  const rows = [
    { detector: "3 σ", figures: { AuditScore: null, FA: 10.66, µs: 9.4 } },
    { detector: "ours", figures: { AuditScore: null, FA: 0.5, µs: 41 } },
  ];
  expect(suiteTable(daily, rows)).toBe(
    "| daily: daily series with faults | FA | µs a point |\n| --- | ---: | ---: |\n| 3 σ | 10.7 | 9 |\n| ours | 0.5 | 41 |",
  );
});
