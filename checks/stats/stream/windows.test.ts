import { describe, expect, test } from "vitest";
import { normal, random } from "../../../test/property/checks-series.ts";
import { Windows } from "./windows.ts";

/** Largest rarity over so many residuals. */
function most(points: number, of: (i: number, luck: () => number) => number, seed = 1) {
  const r = random(seed);
  const windows = new Windows();
  let best = { rarity: 0, side: 0, width: 0 };
  for (let i = 0; i < points; i++) {
    const now = windows.push(
      of(i, () => normal(r)),
      true,
    );
    if (i > 60 && now.rarity > best.rarity) best = now;
  }
  return { best, windows };
}

describe("sums over days", () => {
  test("of plain noise are not rare", () => {
    for (const seed of [1, 2, 3, 4, 5])
      expect(most(300, (_, luck) => luck(), seed).best.rarity).toBeLessThan(4);
  });

  test("show what no single point shows, with side and width", () => {
    for (const side of [1, -1]) {
      const { best } = most(114, (i, luck) => 0.5 * luck() + (i >= 100 ? 2 * side : 0));
      expect(best.rarity).toBeGreaterThan(4);
      expect(best.side).toBe(side);
      expect([3, 5, 8, 14]).toContain(best.width);
    }
  });

  test("are nothing before there are three residuals", () => {
    const windows = new Windows();
    expect(windows.push(4, true).rarity).toBe(0);
    expect(windows.push(4, true).rarity).toBe(0);
    expect(windows.push(4, true).width).toBe(3);
  });

  test("of a series that wanders by itself are judged by its own wandering", () => {
    let level = 0;
    const wander = most(600, (_, luck) => {
      level = 0.8 * level + luck();
      return level;
    });
    expect(wander.windows.wander).toBeGreaterThan(1.5);
    expect(most(600, (_, luck) => luck()).windows.wander).toBeLessThan(1.35);
  });

  test("what an alarm brings teaches nothing", () => {
    const { windows } = most(200, (_, luck) => luck());
    const before = windows.toJSON();
    for (let i = 0; i < 40; i++) windows.push(4, false);
    expect(windows.toJSON()).toMatchObject({ mean: before.mean, square: before.square });
  });

  test("clear forgets the residuals, not what is usual", () => {
    const { windows } = most(200, (_, luck) => 3 * luck());
    const { square } = windows.toJSON();
    windows.clear();
    expect(windows.toJSON()).toMatchObject({ ring: [], square });
  });
});
