import { describe, expect, it } from "vitest";
import { choosePushdown } from "./pushdown-cost.ts";

const million = { rows: 1_000_000, width: 63 };

describe("where two segments are compared", () => {
  it.each([
    ["a million each over 10 MB/s", [million, million], 10e6, true],
    ["over a gigabit", [million, million], 110e6, true],
    ["on the same machine", [million, million], 800e6, false],
    ["few rows, however slow", [{ rows: 100, width: 63 }, million].slice(0, 1), 1e6, false],
    ["wide rows on a fast link", [{ rows: 1e6, width: 2_000 }, million], 800e6, true],
    ["none", [{ rows: 0, width: 8 }], 1e6, false],
  ])("%s", (_, sides, speed, push) => {
    expect(choosePushdown(sides, speed).push).toBe(push);
  });

  it.each([
    ["over 5 MB/s", 5e6, 0, true],
    ["over 5 MB/s, where half of them differ", 5e6, 0.5, false],
    ["over 10 MB/s", 10e6, 0, false],
    ["however slow, where all differ", 1e3, 1, false],
  ])("a copy in an audit, whose owner travels anyway: %s", (_, speed, share, push) => {
    const sides = [million, million];
    const { push: chosen, because } = choosePushdown(sides, speed, { spared: [million], share, by: "audit" });
    expect(chosen).toBe(push);
    expect(because.includes(" % of them differing")).toBe(share > 0);
  });

  it("says why, with numbers", () => {
    expect(choosePushdown([million, million], 10e6).because).toBe(
      "about 2,000,000 rows of 63 bytes at 10 MB/s: reading them 23.6 s, comparing them there 12.1 s",
    );
  });
});
