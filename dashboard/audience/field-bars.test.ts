import { expect, it } from "vitest";
import { without } from "./field-bars.tsx";

it("says nothing about a field that was not counted", () => {
  const state = {
    system: "k",
    held: true,
    members: 10,
    valid: 7,
    empty: 2,
    invalid: 1,
    placeholder: 0,
    differ: null,
  };
  expect(without(state)).toBe(3);
  expect(without({ ...state, valid: null })).toBeNull();
});
