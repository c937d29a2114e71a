import { describe, expect, test } from "vitest";
import type { Instant } from "../../core/model.ts";
import { isoWeek, lastSevenDays, namedWeek } from "./week.ts";

const now = "2026-11-30T06:00:00.000Z" as Instant; // a Monday, 07:00 in Berlin

test.each([
  ["2026-11-29", "2026-W48"],
  ["2026-11-30", "2026-W49"],
  ["2027-01-01", "2026-W53"],
  ["2024-12-30", "2025-W01"],
  ["2026-01-01", "2026-W01"],
])("%s lies in %s", (day, week) => expect(isoWeek(day)).toBe(week));

test("Monday's report is named after the week that ended", () => {
  expect(lastSevenDays(now, "Europe/Berlin")).toEqual({
    id: "2026-W48",
    from: "2026-11-23T06:00:00.000Z",
    to: now,
    running: true,
  });
});

describe("a named week", () => {
  test("from Monday 00:00 to Sunday 24:00 in the zone", () => {
    expect(namedWeek("2026-W48", now, "Europe/Berlin")).toEqual({
      id: "2026-W48",
      from: "2026-11-22T23:00:00.000Z",
      to: "2026-11-29T23:00:00.000Z",
      running: false,
    });
  });
  test("across the change of clocks it has 169 hours", () => {
    const w = namedWeek("2026-W43", now, "Europe/Berlin");
    expect((Date.parse(w.to) - Date.parse(w.from)) / 3_600_000).toBe(169);
  });
  test("cut at now while it runs", () =>
    expect(namedWeek("2026-W49", now, "Europe/Berlin")).toMatchObject({ to: now, running: true }));
  test.each(["2026-W54", "2026-48", "W48", "2026-W00", "2026-W50"])("refuses %s", (id) =>
    expect(() => namedWeek(id, now, "Europe/Berlin")).toThrow(/→/),
  );
});
