import { expect, test } from "vitest";
import { diffInWords, ruleDiff } from "./rule-diff.ts";
import { nameWithoutPeople, ruleWithoutPeople } from "./without-people.ts";

const marks = (before: string, after: string) =>
  ruleDiff(before, after).map((l) => `${{ same: " ", removed: "−", added: "+" }[l.kind]}${l.text}`);

test("what went and what came, in reading order", () => {
  expect(marks("all of\n status = active\n spent > 100", "all of\n spent > 50\n region = EU")).toEqual([
    " all of",
    "− status = active",
    "− spent > 100",
    "+ spent > 50",
    "+ region = EU",
  ]);
  expect(marks("a\nb\nc", "a\nc")).toEqual([" a", "−b", " c"]);
  expect(marks("a\nc", "a\nb\nc")).toEqual([" a", "+b", " c"]);
  expect(marks("a", "a")).toEqual([" a"]);
});

test("both texts can be told from the difference", () => {
  const [before, after] = ["a\nb\nb\nc\nd", "b\nc\na\nd\nd"];
  const lines = ruleDiff(before, after);
  const text = (not: string) =>
    lines
      .filter((l) => l.kind !== not)
      .map((l) => l.text)
      .join("\n");
  expect([text("added"), text("removed")]).toEqual([before, after]);
});

test("in words: two lines, then how many more", () => {
  expect(diffInWords(ruleDiff("all of\n  status = active", "all of"))).toBe("−status = active");
  expect(diffInWords(ruleDiff("a\nb\nc", "d\ne"))).toBe("−a, −b and 3 more lines");
});

test("addresses and numbers of people are left out of rules and names", () => {
  expect(ruleWithoutPeople("any of\n  email = jane.doe@example.com\n  phone = +49 170 1234567")).toBe(
    "any of\n  email = (address left out)\n  phone = (number left out)",
  );
  expect(nameWithoutPeople("Test for\njane@example.com")).toBe("Test for (address left out)");
  expect(ruleWithoutPeople("spent > +1000 and placed 2026-11-23")).toContain("2026-11-23");
  expect(ruleWithoutPeople(Array(300).fill("x").join("\n")).split("\n")).toHaveLength(201);
});
