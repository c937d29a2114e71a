import { describe, expect, test } from "vitest";
import { EXIT, type ExitCode, worst } from "./command.ts";

describe("worst", () => {
  test("nothing happened: ok", () => expect(worst([])).toBe(0));

  test("keeps the published order for every pair", () => {
    const published: ExitCode[] = [130, 64, 1, 4, 5, 6, 2, 3, 7, 0];
    expect([...Object.values(EXIT)]).toEqual(published);
    for (const [i, first] of published.entries()) {
      for (const second of published.slice(i)) {
        expect(worst([second, first])).toBe(first);
        expect(worst([first, second])).toBe(first);
      }
    }
  });
});
