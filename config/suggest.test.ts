import { expect, test } from "vitest";
import { distance, meant, nearest } from "./suggest.ts";

test.each([
  ["owner", "owner", 0],
  ["onwer", "owner", 1],
  ["ownr", "owner", 1],
  ["", "abc", 3],
  ["kitten", "sitting", 3],
])("distance(%s, %s) = %i", (a, b, expected) => {
  expect(distance(a, b)).toBe(expected);
  expect(distance(b, a)).toBe(expected);
});

test("nearest: close words only, dashes and case forgiven", () => {
  expect(nearest("latency-budget-hours", ["latency_budget_hours", "cadence"])).toBe("latency_budget_hours");
  expect(nearest("Owner", ["owner"])).toBe("owner");
  expect(nearest("banana", ["owner", "title"])).toBeNull();
});

test("meant: a list when nothing is near", () => {
  expect(meant("x", [])).toBe("define it first");
  expect(meant("banana", ["owner", "title", "owner"])).toBe("use one of: owner, title");
});
