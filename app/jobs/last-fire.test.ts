import { describe, expect, test } from "vitest";
import { lastFire } from "./last-fire.ts";

const at = (iso: string) => Date.parse(iso);
const fire = (cron: string, now: string, zone = "UTC") => {
  const ms = lastFire(cron, at(now), zone);
  return ms === null ? null : new Date(ms).toISOString();
};

describe("lastFire", () => {
  test("finds the latest fire at or before now", () => {
    expect(fire("0 6 * * *", "2026-11-23T06:00:00Z")).toBe("2026-11-23T06:00:00.000Z");
    expect(fire("0 6 * * *", "2026-11-23T05:59:59Z")).toBe("2026-11-22T06:00:00.000Z");
    expect(fire("* * * * *", "2026-11-23T05:59:59Z")).toBe("2026-11-23T05:59:00.000Z");
    expect(fire("*/15 * * * *", "2026-11-23T05:59:59Z")).toBe("2026-11-23T05:45:00.000Z");
  });
  test("looks back a week and a quarter", () => {
    expect(fire("0 7 * * 1", "2026-11-22T12:00:00Z")).toBe("2026-11-16T07:00:00.000Z");
    expect(fire("30 4 1 * *", "2026-11-23T12:00:00Z")).toBe("2026-11-01T04:30:00.000Z");
    expect(fire("0 0 1 1 *", "2026-11-23T12:00:00Z")).toBeNull();
  });
  test("reads the time zone, across the change of clocks", () => {
    expect(fire("0 6 * * *", "2026-10-25T12:00:00Z", "Europe/Berlin")).toBe("2026-10-25T05:00:00.000Z");
    expect(fire("0 6 * * *", "2026-10-24T12:00:00Z", "Europe/Berlin")).toBe("2026-10-24T04:00:00.000Z");
  });
  test("knows nothing of what is no cron expression", () => {
    expect(fire("every day", "2026-11-23T12:00:00Z")).toBeNull();
  });
});
