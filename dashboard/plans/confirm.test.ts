import { expect, it } from "vitest";
import { typedRight } from "./confirm.tsx";

it("takes what was meant, and nothing else", () => {
  expect(typedRight("PL-88 27399", "PL-88 27399")).toBe(true);
  expect(typedRight("  pl-88   27399 ", "PL-88 27399")).toBe(true);
  expect(typedRight("PL-88 2739", "PL-88 27399")).toBe(false);
  expect(typedRight("", "PL-88 27399")).toBe(false);
});
