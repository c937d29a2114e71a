import { describe, expect, test } from "vitest";
import type { Instant } from "../../core/model.ts";
import { countOf, people, percent, roundRange } from "./format.ts";
import { comingTime } from "./send.ts";
import { duration, moment } from "./when.ts";

const now = "2026-11-24T05:20:00.000Z" as Instant;
const at = (s: string) => s as Instant;

describe("numbers", () => {
  test("counts come before shares, and below a hundred there is no share", () => {
    expect(countOf(1204, 48316)).toBe("1,204 of 48,316 (2.5 %)");
    expect(countOf(12, 99)).toBe("12 of 99");
    expect(percent(0.00042)).toBe("0.04 %");
    expect(people(1)).toBe("1 person");
  });
  test("ranges widen to three digits", () => {
    expect(roundRange(47_613, 48_867)).toEqual({ low: 47_600, high: 48_900 });
    expect(roundRange(-3, 12.2)).toEqual({ low: 0, high: 13 });
  });
});

describe("times", () => {
  test("as short as they stay clear, with their zone", () => {
    expect(moment(at("2026-11-24T05:04:00.000Z"), now, "Europe/Berlin")).toBe("06:04 CET");
    expect(moment(at("2026-11-23T05:04:00.000Z"), now, "Europe/Berlin")).toBe("Mon 06:04 CET");
    expect(moment(at("2026-11-03T05:04:00.000Z"), now, "America/New_York")).toBe("3 Nov 00:04 EST");
    expect(moment(at("2026-11-24T05:04:00.000Z"), now, "Asia/Kolkata")).toBe("10:34 UTC+5:30");
  });
  test("what is coming", () => {
    expect(comingTime(at("2026-11-24T09:00:00.000Z"), now, "Europe/Berlin")).toBe("today 10:00 CET");
    expect(comingTime(at("2026-11-25T06:00:00.000Z"), now, "Europe/Berlin")).toBe("tomorrow 07:00 CET");
    expect(comingTime(at("2026-11-26T08:00:00.000Z"), now, "Europe/Berlin")).toBe("Thu 09:00 CET");
    expect(comingTime(at("2026-12-12T08:00:00.000Z"), now, "Europe/Berlin")).toBe("12 Dec 09:00 CET");
  });
  test("durations", () => {
    expect([40 * 60_000, 3 * 3_600_000, 50 * 3_600_000].map(duration)).toEqual([
      "40 minutes",
      "3 hours",
      "2 days",
    ]);
  });
});
