import { expect, test } from "vitest";
import { partsOf } from "./why-moved.tsx";

const none = { came: 0, left: 0 };
const why = {
  since: "2026-11-23T05:00:00.000Z",
  until: "2026-11-24T05:00:00.000Z",
  before: 100,
  now: 60,
  rule: none,
  data: { came: 2, left: 42 },
  identity: none,
  snapshot: none,
  unexplained: none,
  lookedUp: true,
};

test("four parts, and the fifth only where somebody is left over", () => {
  expect(partsOf(why).map((p) => p.name)).toEqual(["Rule", "Data", "Identity", "Reading"]);
  const parts = partsOf({ ...why, now: 55, unexplained: { came: 0, left: 5 } });
  expect(parts.map((p) => p.name).at(-1)).toBe("Not explained");
  expect(parts.reduce((sum, p) => sum + p.came - p.left, 0)).toBe(-45);
});
