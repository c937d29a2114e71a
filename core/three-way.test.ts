import { expect, test } from "vitest";
import { CASES, caseOf, MOVES, memberCase, moveOf } from "./three-way.ts";

test("nine cases, each its own", () => {
  const all = MOVES.flatMap((owner) => MOVES.map((here) => caseOf(owner, here)));
  expect(all).toEqual([...CASES]);
  expect(caseOf("removed", "added")).toBe("removed_at_owner_added_here");
  expect(caseOf("added", "removed")).toBe("added_at_owner_removed_here");
});

test.each([
  ["in", true, true, "agreed"],
  ["in", true, false, "removed_here"],
  ["in", false, true, "removed_at_owner"],
  ["in", false, false, "removed_at_both"],
  ["out", true, true, "added_at_both"],
  ["out", true, false, "added_at_owner"],
  ["out", false, true, "added_here"],
  ["out", false, false, "agreed"],
  ["never", false, true, null],
  ["none", true, false, null],
] as const)("agreed %s, at the owner %s, here %s: %s", (agreed, owner, here, expected) => {
  expect(memberCase(agreed, owner, here)).toBe(expected);
});

test("a value is the same, new or emptied; without one of the two nobody can tell", () => {
  expect([moveOf(7, 7, 1), moveOf(7, 8, 1), moveOf(7, 1, 1), moveOf(1, 7, 1), moveOf(1, 1, 1)]).toEqual([
    "same",
    "added",
    "removed",
    "added",
    "same",
  ]);
  expect([moveOf(0, 7, 1), moveOf(7, 0, 1)]).toEqual([null, null]);
});
