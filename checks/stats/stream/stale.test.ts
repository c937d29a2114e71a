import { describe, expect, test } from "vitest";
import { Stale } from "./stale.ts";

const at = (value: number, denominator: number | null = null) => ({ t: 0, value, denominator });

/** Rarity after so many moves and then so many equal values. */
function standing(moves: number, equal: number, spread: number | null): number {
  const stale = new Stale();
  for (let i = 0; i < moves; i++) stale.push(at(i), spread);
  let rarity = 0;
  for (let i = 0; i < equal; i++) rarity = stale.push(at(moves - 1), spread).rarity;
  return rarity;
}

describe("equal values in a row", () => {
  test("are the rarer the longer they last and the more the series moves", () => {
    expect(standing(60, 0, 30)).toBe(0);
    expect(standing(60, 1, 30)).toBeGreaterThan(1);
    expect(standing(60, 4, 30)).toBeGreaterThan(standing(60, 3, 30));
    expect(standing(60, 4, 30)).toBeGreaterThan(standing(60, 4, 0.5));
  });

  test("are no more likely than its spread has it: two draws of deviation 3 agree with 1 / √(1 + 2π·9)", () => {
    expect(standing(400, 1, 3)).toBeCloseTo(-Math.log10(1 / Math.sqrt(1 + 18 * Math.PI)), 9);
  });

  test("say nothing of a series that hardly ever moved", () => {
    expect(standing(4, 300, 30)).toBe(0);
    expect(standing(5, 300, 30)).toBeGreaterThan(5);
  });

  test("that came often before are no news", () => {
    const stale = new Stale();
    let rarity = 0;
    for (let i = 0; i < 200; i++) rarity = Math.max(rarity, stale.push(at(Math.floor(i / 4)), null).rarity);
    for (let i = 0; i < 3; i++) rarity = stale.push(at(49), null).rarity;
    expect(rarity).toBeLessThan(1);
  });

  test("of another denominator are not equal", () => {
    const stale = new Stale();
    for (let i = 0; i < 20; i++) expect(stale.push(at(0.5, 100 + i), null)).toEqual({ rarity: 0, run: 0 });
    expect(stale.push(at(0.5, 119), null).run).toBe(1);
  });

  test("a long halt that was told does not teach that halts are usual", () => {
    const stale = new Stale();
    for (let i = 0; i < 60; i++) stale.push(at(i), null);
    for (let i = 0; i < 200; i++) stale.push(at(59), null);
    expect(stale.toJSON().alarmed).toBe(true);
    for (let i = 0; i < 60; i++) stale.push(at(1_000 + i), null);
    expect(stale.toJSON().ties).toBe(4);
  });
});
