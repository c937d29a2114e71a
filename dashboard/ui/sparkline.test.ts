import { expect, it } from "vitest";
import { lineSummary, runsOf } from "./sparkline.tsx";

it("breaks the line at a reading that is not whole", () => {
  expect(runsOf([1, 2, 0, 3, 0, 0, 4, 5], (n) => n > 0)).toEqual([[1, 2], [3], [4, 5]]);
  expect(runsOf([0, 0], (n) => n > 0)).toEqual([]);
});

it("says how many reads were not complete", () => {
  const point = (size: number | null, coverage: "complete" | "partial") => ({
    at: "2026-11-24T05:04:00.000Z",
    size,
    coverage,
    low: null,
    high: null,
    flagged: false,
    ordinal: null,
  });
  expect(lineSummary([point(10, "complete"), point(4, "partial"), point(12, "complete")])).toBe(
    "2 complete reads, from 10 to 12 people, lowest 10, highest 12; 1 not read completely.",
  );
  expect(lineSummary([])).toBe("No complete read yet.");
});
