import { describe, expect, test } from "vitest";
import { cadenceOf, fillRegressors, priorsOf, REGRESSORS, regressors } from "./calendar.ts";

const HOUR = 3_600_000;

const filled = (cadence: "daily" | "subdaily", date: string) => {
  const h = regressors(cadence);
  fillRegressors(cadence, Date.parse(date), h);
  return Array.from({ length: h.n }, (_, k) => [h.index[k], h.value[k]]);
};

describe("rhythms", () => {
  test.each([
    ["a Sunday", "2026-11-22T00:00:00Z", [[0, 1]]],
    ["a Thursday, whatever the hour", "2026-11-26T23:59:59Z", [[4, 1]]],
    ["the first of a month", "2026-12-01T08:00:00Z", [[2, 1], [7, 1]]], // biome-ignore format: one case a line
    ["the last of a leap February", "2028-02-29T08:00:00Z", [[2, 1], [8, 1]]], // biome-ignore format: one case a line
    ["before 1970, a Wednesday and the last of the year", "1969-12-31T12:00:00Z", [[3, 1], [8, 1]]], // biome-ignore format: one case a line
  ] as const)("daily: %s", (_, date, wanted) => {
    expect(filled("daily", date)).toEqual(wanted);
  });

  test("by the hour: six harmonics of the day, and two more on weekends", () => {
    expect(filled("subdaily", "2026-11-26T00:00:00Z")).toHaveLength(1 + 12);
    expect(filled("subdaily", "2026-11-28T00:00:00Z")).toHaveLength(1 + 12 + 4);
    const six = filled("subdaily", "2026-11-26T06:00:00Z");
    // A quarter of a turn: cos 90°, sin 90°, cos 180°, sin 180°.
    for (const [i, value] of [0, 1, -1, 0].entries()) expect(six[i + 1]?.[1]).toBeCloseTo(value, 12);
  });

  test("no more regressors than there is room and a prior for", () => {
    for (const cadence of ["daily", "subdaily"] as const) {
      expect(priorsOf(cadence, 1, 2)).toHaveLength(REGRESSORS[cadence]);
      const h = regressors(cadence);
      for (let hour = 0; hour < 24 * 400; hour += 5) {
        fillRegressors(cadence, Date.UTC(2026, 0, 1, hour), h);
        const used = [...h.index.slice(0, h.n)];
        expect(new Set(used).size).toBe(h.n);
        expect(Math.max(...used)).toBeLessThan(REGRESSORS[cadence]);
      }
    }
  });

  test("twice a day and rarer is daily", () => {
    expect(cadenceOf(24 * HOUR)).toBe("daily");
    expect(cadenceOf(12 * HOUR)).toBe("daily");
    expect(cadenceOf(6 * HOUR)).toBe("subdaily");
    expect(cadenceOf(300_000)).toBe("subdaily");
  });
});
