import { expect, test } from "vitest";
import { blocks } from "./overlaps.ts";

test("one audience overlaps with nothing, up to sixteen are seen at once", () => {
  expect(blocks([["a"], []])).toEqual([]);
  expect(
    blocks([
      ["a", "b"],
      ["c", "d", "e"],
    ]),
  ).toEqual([
    ["a", "b"],
    ["c", "d", "e"],
  ]);
});

test("of many audiences every pair is together somewhere, sixteen at most", () => {
  const many = Array.from({ length: 37 }, (_, i) => i);
  const all = blocks([many]);
  expect(Math.max(...all.map((b) => b.length))).toBe(16);
  for (const a of many)
    for (const b of many.slice(a + 1))
      expect(
        all.some((block) => block.includes(a) && block.includes(b)),
        `${a} with ${b}`,
      ).toBe(true);
});
