import { describe, expect, it } from "vitest";
import { forecast } from "./forecast.ts";

const NOW = Date.parse("2026-11-23T00:30:00Z");
const DAY = 86_400_000;
const of = (
  cadences: string[],
  calls: number | null,
  ms: number | null,
  rules: { requests: number; windowMs: number }[],
  share = 1,
) =>
  forecast(
    cadences.map((cadence) => ({ cadence })),
    "UTC",
    NOW,
    calls,
    ms,
    { rules, concurrency: 1 },
    share,
  );

describe("forecast", () => {
  it("counts cadences that fire together once", () => {
    expect(of(["0 6 * * *", "0 6,18 * * *", "0 7 * * 1"], 10, 1000, [])).toMatchObject({
      runsPerDay: 15 / 7,
      callsPerRun: 10,
      callsPerDay: 150 / 7,
    });
    expect(of([], 10, 1000, [])).toMatchObject({ runsPerDay: 0, callsPerDay: 0 });
  });
  it("takes the slower of the vendor's answers and our share of its limit", () => {
    expect(of(["0 6 * * *"], 600, 60_000, [{ requests: 100, windowMs: 10_000 }]).minutesPerRun).toBe(1);
    // 600 calls at 30 % of 100 in 10 s: 30 in 10 s
    expect(
      of(["0 6 * * *"], 600, 60_000, [{ requests: 100, windowMs: 10_000 }], 0.3).minutesPerRun,
    ).toBeCloseTo(200 / 60);
  });
  it("tells the share of a daily quota, and not of other limits", () => {
    expect(
      of(
        ["0 6 * * *"],
        500,
        1,
        [
          { requests: 100, windowMs: 1000 },
          { requests: 10_000, windowMs: DAY },
        ],
        0.3,
      ).quota,
    ).toEqual({ perDay: 10_000, ours: 3000, share: 0.05 });
    expect(of(["0 6 * * *"], 500, 1, [{ requests: 100, windowMs: 1000 }]).quota).toBeNull();
  });
  it("knows nothing where the calls are not known", () => {
    expect(of(["0 6 * * *"], null, null, [{ requests: 10, windowMs: DAY }])).toEqual({
      runsPerDay: 1,
      callsPerRun: null,
      callsPerDay: null,
      minutesPerRun: null,
      quota: null,
    });
  });
});
