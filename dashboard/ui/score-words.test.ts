import { expect, test } from "vitest";
import { scoreMark, scoreWord } from "./score-words.ts";

test("the shape of a part says how bad it is; what is not known in full is never fine", () => {
  const mark = (value: number | null, state: "known" | "partly" | "cant_tell" = "known") =>
    scoreMark({ value, state });
  expect([mark(100), mark(81), mark(80), mark(51), mark(50), mark(0)]).toEqual([
    "fine",
    "fine",
    "look",
    "look",
    "act",
    "act",
  ]);
  expect([mark(100, "partly"), mark(null, "cant_tell"), mark(30, "partly")]).toEqual([
    "cant_tell",
    "cant_tell",
    "act",
  ]);
  expect(scoreWord("consent")).toBe("Consent safety");
});
