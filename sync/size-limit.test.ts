import { describe, expect, it } from "vitest";
import type { Change, Op, PlanDoc, Touched } from "../core/repair.ts";
import { aChange, aPlan } from "../test/contract/plan-samples.ts";
import { keyOf, testConfig } from "../test/property/sync-world.ts";
import { NOBODY, type Radius, radiusOf, sizeLimit } from "./size-limit.ts";

const s = testConfig().safeguards;
const radius = (over: Partial<Radius>): Radius => ({
  size: 1000,
  planned: 0,
  earlier: 0,
  suppress: 0,
  earlierSuppress: 0,
  onlyRemoves: true,
  ...over,
});
const judged = (over: Partial<Radius>) => sizeLimit(radius(over), s);
const remove = (planned: number, size: number | null, earlier = 0) =>
  judged({ planned, size, earlier }).verdict;
const suppress = (n: number, size: number | null, earlierSuppress = 0) =>
  judged({ suppress: n, size, earlierSuppress }).verdict;

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
    expect(judged({ planned: 50, earlier: 160 })).toEqual({
      verdict: "fail",
      because:
        "changes 21 % of the list (210 of 1,000 people, 160 of them in the last 24 h); the limit is 20 % in 24 h",
    });
  });
  it("a list of 100 is judged by its share, one of 99 by its count", () => {
    const few = { ...s, refuseSmallList: 10 };
    expect(sizeLimit(radius({ planned: 15, size: 100 }), few).verdict).toBe("needs");
    expect(sizeLimit(radius({ planned: 15, size: 99 }), few).verdict).toBe("fail");
    expect(sizeLimit(radius({ suppress: 15, size: 100 }), few).verdict).toBe("pass");
    expect(sizeLimit(radius({ suppress: 15, size: 99 }), few).verdict).toBe("needs");
  });
  it("speak as on the page", () => {
    expect(judged({ size: 75_584, planned: 26_065 }).because).toBe(
      "removes 34 % of the list (26,065 of 75,584 people); the limit is 20 % in 24 h",
    );
    expect(judged({ planned: 201 }).because).toContain("removes 20.1 % of the list");
    expect(judged({ size: 60, planned: 30 }).because).not.toContain("%");
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
    expect(judged({ suppress: 10, earlier: 200 }).verdict).toBe("pass");
  });
  it("count with the suppressions of the last 24 h", () => {
    expect(suppress(100, 1_000, 100)).toBe("pass");
    expect(suppress(100, 1_000, 101)).toBe("needs");
  });
  it("beside a refused part do not soften it, and beside a passing one are told too", () => {
    expect(judged({ planned: 201, suppress: 10 }).verdict).toBe("fail");
    expect(judged({ planned: 10, suppress: 201 }).verdict).toBe("needs");
    expect(judged({ planned: 51, suppress: 10 }).verdict).toBe("needs");
    expect(judged({ planned: 10, suppress: 10 })).toEqual({
      verdict: "pass",
      because: "removes 1 % of the list (10 of 1,000 people); suppresses 10 people",
    });
  });
});

describe("the people that count", () => {
  const doc = (changes: readonly Change[], over: Partial<PlanDoc> = {}): PlanDoc =>
    aPlan(changes, { sizes: { ghost: 1000 }, ...over });
  const touched = (listed: readonly number[], added: readonly number[] = []): Touched => ({
    listed: new Set(listed.map(keyOf)),
    added: new Set(added.map(keyOf)),
    suppressed: new Set(),
  });
  const change = (n: number, op: Op, person: number) => aChange(n, { op, person: keyOf(person) });
  it("are counted once, however many changes name them", () => {
    const two = doc([change(0, "remove", 7), change(1, "set", 8), change(2, "set", 8)]);
    expect(radiusOf(two, "ghost", NOBODY, null)).toMatchObject({
      planned: 2,
      earlier: 0,
      onlyRemoves: false,
    });
    expect(radiusOf(two, "ghost", touched([7, 9]), null)).toMatchObject({ planned: 2, earlier: 1 });
  });
  it("who was added in the window makes the list no longer", () => {
    const one = doc([change(0, "remove", 7)]);
    expect(radiusOf(one, "ghost", touched([1, 2, 3], [1, 2]), null)).toMatchObject({ size: 998, earlier: 3 });
  });
  it("an undo is measured against the longer list of now and then, and its own people count once", () => {
    const then = { doc: doc([], { sizes: { ghost: 1200 } }) };
    const undo = doc([change(0, "add", 7)], { undoes: 80 });
    expect(radiusOf(undo, "ghost", touched([7]), then)).toMatchObject({ size: 1200, planned: 1, earlier: 0 });
    expect(radiusOf({ ...undo, undoes: null }, "ghost", touched([7]), then).size).toBe(1000);
  });
  it("suppressions are not among the people of the list", () => {
    const both = doc([change(0, "suppress", 7), change(1, "remove", 7)]);
    expect(radiusOf(both, "ghost", NOBODY, null)).toMatchObject({
      planned: 1,
      suppress: 1,
      onlyRemoves: true,
    });
  });
});
