import { expect, test } from "vitest";
import { CHECK_NAMES } from "../../core/finding.ts";
import { SKIPPED } from "./skipped.ts";
import { TITLES } from "./titles.ts";

test("every reason has words of its own, without a full stop, that are not its code", () => {
  const words = Object.entries(SKIPPED);
  expect(new Set(words.map(([, text]) => text)).size).toBe(words.length);
  for (const [code, text] of words) {
    expect(text, code).toMatch(/^[a-z].*[a-z]$/);
    expect(text, code).not.toContain("_");
  }
});

test("every check has a title of its own, and checks of one group stand together", () => {
  const titles = Object.values(TITLES);
  expect(Object.keys(TITLES).sort()).toEqual([...CHECK_NAMES].sort());
  expect(new Set(titles.map(([, title]) => title)).size).toBe(titles.length);
  const groups = titles.map(([group]) => group).filter((group, i, all) => group !== all[i - 1]);
  expect(groups).toEqual(["People and consent", "Lists", "Data", "Systems", "Rules"]);
});
