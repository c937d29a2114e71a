import { describe, expect, it } from "vitest";
import { testConfig } from "../test/property/sync-world.ts";
import { sizeLimit } from "./size-limit.ts";

const s = testConfig().safeguards;
const none = { suppress: 0, remove: 0, add: 0, set: 0 };
const remove = (n: number, size: number | null, earlier = 0) =>
  sizeLimit({ size, planned: { ...none, remove: n }, earlier: { ...none, remove: earlier } }, s).verdict;
const suppress = (n: number, size: number | null) =>
  sizeLimit({ size, planned: { ...none, suppress: n }, earlier: none }, s).verdict;

describe("removals, adds and fields", () => {
  it.each([
    // exactly at a limit passes it
    [500, 10_000, "pass"],
    [501, 100_000, "needs"],
    [50, 1_000, "pass"],
    [51, 1_000, "needs"],
    [200, 1_000, "needs"],
    [201, 1_000, "fail"],
    [5_000, 1_000_000, "needs"],
    [5_001, 1_000_000, "fail"],
    [20, 100, "needs"],
    [21, 100, "fail"],
    [20, 99, "needs"],
    [21, 99, "fail"],
    [4, 99, "pass"],
    [7, 140, "pass"],
    [1, 0, "needs"],
    [1, null, "fail"],
  ] as const)("%i of %s: %s", (n, size, verdict) => {
    expect(remove(n, size)).toBe(verdict);
  });
  it("count with everything of the last 24 h, and say so", () => {
    expect(remove(30, 1_000, 20)).toBe("pass");
    expect(remove(30, 1_000, 21)).toBe("needs");
    expect(
      sizeLimit({ size: 1000, planned: { ...none, remove: 50 }, earlier: { ...none, add: 160 } }, s),
    ).toEqual({
      verdict: "fail",
      because:
        "changes 21 % of the list (210 of 1,000 people, 160 changes of them in the last 24 h); the limit is 20 % in 24 h",
    });
  });
  it("speak as on the page", () => {
    expect(sizeLimit({ size: 75_584, planned: { ...none, remove: 26_065 }, earlier: none }, s).because).toBe(
      "removes 34 % of the list (26,065 of 75,584 people); the limit is 20 % in 24 h",
    );
    expect(sizeLimit({ size: 1000, planned: { ...none, remove: 201 }, earlier: none }, s).because).toContain(
      "removes 20.1 % of the list",
    );
    expect(sizeLimit({ size: 60, planned: { ...none, remove: 30 }, earlier: none }, s).because).not.toContain(
      "%",
    );
  });
});

describe("suppressions", () => {
  it.each([
    [200, 1_000, "pass"],
    [201, 1_000, "needs"],
    [1_000, 1_000, "needs"],
    [5_000, 1_000_000, "pass"],
    [5_001, 1_000_000, "needs"],
    [20, 60, "pass"],
    [21, 60, "needs"],
    [10, null, "pass"],
  ] as const)("%i of %s: %s, and never refused", (n, size, verdict) => {
    expect(suppress(n, size)).toBe(verdict);
  });
  it("are not held back by what was removed before", () => {
    expect(
      sizeLimit({ size: 1000, planned: { ...none, suppress: 10 }, earlier: { ...none, remove: 200 } }, s)
        .verdict,
    ).toBe("pass");
  });
});
