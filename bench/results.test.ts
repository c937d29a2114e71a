import { expect, test } from "vitest";
import { withSection, wrapped } from "./results.ts";

test("a section takes its own place in the results, or the first one", () => {
  const results = "# Results\n\nNewest first.\n\n## B\n\nold\n\n## A\n\nkept\n";
  const once = withSection(results, "C", "new");
  expect(once).toBe("# Results\n\nNewest first.\n\n## C\n\nnew\n\n## B\n\nold\n\n## A\n\nkept\n");
  expect(withSection(once, "C", "new")).toBe(once);
  expect(withSection(once, "B", "changed")).toContain("## C\n\nnew\n\n## B\n\nchanged\n\n## A\n\nkept\n");
  expect(withSection(once, "A", "last")).toMatch(/## A\n\nlast\n$/);
});

test("prose is broken at words", () => {
  const text = Array.from({ length: 60 }, (_, i) => `word${i}`).join(" ");
  const lines = wrapped(text).split("\n");
  expect(lines.length).toBe(4);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(120);
  expect(lines.join(" ")).toBe(text);
});
