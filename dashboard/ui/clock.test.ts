import { describe, expect, it } from "vitest";
import { makeClock } from "./clock.tsx";

const clock = makeClock("2026-11-24T05:20:00.000Z", "Europe/Berlin", "en-GB");

describe("clock", () => {
  it("shows times in the company’s zone", () => {
    expect(clock.time("2026-11-24T05:04:00.000Z")).toBe("06:04");
    expect(clock.full("2026-11-24T05:20:00.000Z")).toMatch(/^Tuesday,? 24 November, 06:20$/);
  });

  it("shortens what is near and names the day of what is not", () => {
    expect(clock.when("2026-11-24T05:04:00.000Z")).toBe("06:04");
    expect(clock.when("2026-11-23T21:04:00.000Z")).toBe("Mon 22:04");
    expect(clock.when("2026-09-18T04:00:00.000Z")).toMatch(/^18 Sept? 06:00$/);
  });

  it("tells the year of what is more than half a year away", () => {
    expect(clock.date("2026-05-26T04:00:00.000Z")).toBe("26 May");
    expect(clock.date("2026-05-24T04:00:00.000Z")).toBe("24 May 2026");
    expect(clock.date("2023-12-13T04:00:00.000Z")).toBe("13 Dec 2023");
    expect(clock.when("2023-12-13T04:00:00.000Z")).toBe("13 Dec 2023 05:00");
    expect(clock.full("2023-12-13T04:00:00.000Z")).toMatch(/^Wednesday,? 13 December 2023, 05:00$/);
    expect(makeClock("", "Europe/Berlin", "en-GB").date("2023-12-13T04:00:00.000Z")).toBe("13 Dec");
  });

  it("measures against the server’s clock", () => {
    expect(clock.ago("2026-11-24T05:04:00.000Z")).toBe("16 min ago");
    expect(clock.ago("2026-11-24T09:00:00.000Z")).toBe("in 3 h 40 min");
  });

  it("falls back to UTC for a zone nobody knows", () => {
    expect(makeClock("2026-11-24T05:20:00.000Z", "Mars/Base", "en-GB").time("2026-11-24T05:04:00.000Z")).toBe(
      "05:04",
    );
  });
});
