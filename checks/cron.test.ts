import { describe, expect, test } from "vitest";
import { longestPauseHours, nextFire, parseCron } from "./cron.ts";

const next = (expression: string, after: string, timezone = "Europe/Berlin") => {
  const cron = parseCron(expression);
  const at = cron === null ? null : nextFire(cron, Date.parse(after), timezone);
  return at === null ? null : new Date(at).toISOString();
};

describe("the next fire of a cron expression", () => {
  test.each([
    ["0 6 * * *", "2026-11-23T04:59:00Z", "2026-11-23T05:00:00.000Z"],
    ["0 6 * * *", "2026-11-23T05:00:00Z", "2026-11-24T05:00:00.000Z"],
    ["*/15 * * * *", "2026-11-23T05:01:00Z", "2026-11-23T05:15:00.000Z"],
    ["0 9 * * thu", "2026-11-23T05:00:00Z", "2026-11-26T08:00:00.000Z"],
    ["0 9 * * 7", "2026-11-23T05:00:00Z", "2026-11-29T08:00:00.000Z"],
    ["30 8 1,15 * *", "2026-11-23T05:00:00Z", "2026-12-01T07:30:00.000Z"],
    ["0 0 29 2 *", "2026-11-23T05:00:00Z", "2028-02-28T23:00:00.000Z"],
    // Both must match: the first of a month that is a Monday.
    ["0 9 1 * mon", "2026-11-23T05:00:00Z", "2027-02-01T08:00:00.000Z"],
    // 02:30 does not exist on 28 March 2027, and comes twice on 25 October 2026.
    ["30 2 * * *", "2027-03-27T02:00:00Z", "2027-03-29T00:30:00.000Z"],
    ["30 2 * * *", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00.000Z"],
  ])("%s after %s", (expression, after, expected) => {
    expect(next(expression, after)).toBe(expected);
  });

  test.each([
    "",
    "* * * *",
    "61 * * * *",
    "* 24 * * *",
    "0 6 * * funday",
    "5-1 * * * *",
    "*/0 * * * *",
    "@daily",
    "0 6 L * *",
    "1-2-3 * * * *",
  ])("%s cannot be read, so nothing is guessed", (expression) => {
    expect(parseCron(expression)).toBeNull();
    expect(longestPauseHours(expression, 0, "UTC")).toBeNull();
  });

  test("the longest pause spans weekends", () => {
    const from = Date.parse("2026-11-23T00:00:00Z");
    expect(longestPauseHours("0 6 * * *", from, "UTC")).toBe(24);
    expect(longestPauseHours("0 6 * * mon-fri", from, "UTC")).toBe(72);
    expect(longestPauseHours("0 * * * *", from, "UTC")).toBe(1);
  });
});
