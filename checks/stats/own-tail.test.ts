import { expect, test } from "vitest";
import { OwnTail } from "./own-tail.ts";

test("a series that is as strange as chance keeps its scores; a wilder one needs more", () => {
  const fair = new OwnTail();
  expect(fair.tame).toBe(1);
  for (let i = 0; i < 200; i++) fair.learn(0.4);
  expect(fair.tame).toBeCloseTo(1, 6);
  const wild = new OwnTail();
  for (let i = 0; i < 40; i++) wild.learn(3);
  expect(wild.tame).toBeLessThan(0.4);
  // One score, however wild, counts no more than three beyond the limit.
  const once = new OwnTail();
  once.learn(500);
  // (12 · log₁₀ e + 3) / 13 = 0.6317; log₁₀ e / 0.6317 = 0.6875, a little forgotten already
  expect(once.tame).toBeCloseTo(0.6875, 2);
});
