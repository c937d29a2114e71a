import { expect, test } from "vitest";
import { attributeState } from "./attribute-state.ts";

test.each([
  [undefined, null, "missing"],
  [null, null, "null"],
  ["", null, "empty"],
  [" \t", null, "empty"],
  ["n/a", null, "placeholder"],
  ["NULL", null, "placeholder"],
  ["Unknown", null, "placeholder"],
  ["-", null, "placeholder"],
  ["test", null, "placeholder"],
  ["testarossa", null, "valid"],
  ["pro", null, "valid"],
  [" pro ", { values: ["free", "pro"], pattern: null }, "valid"],
  ["gold", { values: ["free", "pro"], pattern: null }, "invalid"],
  ["none", { values: ["none", "pro"], pattern: null }, "valid"],
  ["none", { values: ["free", "pro"], pattern: null }, "placeholder"],
  ["DE", { values: null, pattern: "^[A-Z]{2}$" }, "valid"],
  ["Germany", { values: null, pattern: "^[A-Z]{2}$" }, "invalid"],
  ["n/a", { values: null, pattern: "^[A-Z]{2}$" }, "placeholder"],
] as const)("%j under %j is %s", (value, rule, state) => expect(attributeState(value, rule)).toBe(state));

test("a broken pattern is a configuration error", () => {
  expect(() => attributeState("x", { values: null, pattern: "(" })).toThrow(/not a regular expression/);
});
