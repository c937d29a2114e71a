import { describe, expect, test } from "vitest";
import { Baseline } from "./baseline.ts";

/** What comes of so many points: how far each is off, or null where nothing alarmed. */
const pushed = (offs: readonly (number | null)[], needed = 6) => {
  const baseline = new Baseline();
  return offs.map((off) => baseline.push(off !== null, Math.sign(off ?? 0), off ?? 0, needed));
};
const at = (moved: readonly (number | null)[]) => moved.flatMap((m, i) => (m === null ? [] : [i]));

describe("the new normal", () => {
  test("comes with the sixth alarm of one side, and says how far the level moved", () => {
    const moved = pushed([2, 2, 2, 2, 2, 2]);
    expect(at(moved)).toEqual([5]);
    expect(moved[5]).toBeGreaterThanOrEqual(2);
    expect(moved[5]).toBeLessThan(4);
  });

  test("counts anew once it came", () => {
    expect(at(pushed(new Array(13).fill(-1)))).toEqual([5, 11]);
  });

  test("waits through one quiet day, not two", () => {
    expect(at(pushed([1, 1, 1, null, 1, 1, 1]))).toEqual([6]);
    expect(at(pushed([1, 1, 1, null, null, 1, 1, 1, 1, 1]))).toEqual([]);
  });

  test("is not found in alarms of both sides", () => {
    expect(at(pushed([1, 1, -1, -1, 1, 1, -1, -1, 1, 1, -1, -1, 1, 1]))).toEqual([]);
  });

  test("waits while the level still moves away, yet not for ever", () => {
    const moving = at(pushed(Array.from({ length: 40 }, (_, i) => 1.5 ** i)));
    expect(moving[0]).toBeGreaterThan(6);
    expect(moving[0]).toBeLessThan(20);
  });
});
