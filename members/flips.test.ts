import fc from "fast-check";
import { expect, test } from "vitest";
import { isCalendar, isFlipping, presenceText, returnsOf, returnWithin } from "./flips.ts";

const words = (bits: readonly (0 | 1)[]): [number, number] => {
  // bits[0] is the newest
  let lo = 0,
    hi = 0;
  bits.forEach((b, i) => {
    if (i < 32) lo |= b << i;
    else hi |= b << (i - 32);
  });
  return [lo >>> 0, hi >>> 0];
};
const wordsOf = (text: string) => words([...text].reverse().map((c) => (c === "1" ? 1 : 0)));

test.each([
  ["1", 4, []],
  ["11111", 4, []],
  ["10110", 4, [[-2, 1]]],
  ["1000011", 4, [[-1, 4]]],
  ["10000011", 4, []],
  ["0000000111", 4, []],
  [
    "0101010101",
    4,
    [
      [-6, 1],
      [-4, 1],
      [-2, 1],
      [0, 1],
    ],
  ],
])("returns of %s within %i", (text, within, returns) => {
  const [lo, hi] = wordsOf(text);
  const found = returnsOf(lo, hi, text.length, within).map((r) => [r.at, r.away]);
  expect(found.map(([at, away]) => [at === 0 ? 0 : at, away])).toEqual(returns);
  expect(presenceText(lo, hi, text.length)).toBe(text);
});

test("three returns flip, two do not; what lies before the window does not count", () => {
  const rule = { bits: 20, within: 4, hours: 24 };
  const flipping = (text: string) => isFlipping(...wordsOf(text), rule);
  expect(flipping("1010101")).toBe(true);
  expect(flipping("10101")).toBe(false);
  expect(flipping(`1010${"1".repeat(17)}0101`)).toBe(false);
});

test("weekdays are no flip-flop: a week apart, after a weekend", () => {
  const weeks = "11111001111100111110011111";
  expect(isFlipping(...wordsOf(weeks), { bits: 20, within: 4, hours: 24 })).toBe(false);
  expect(isFlipping(...wordsOf(weeks), { bits: 20, within: 12, hours: 1 })).toBe(true);
  // A weekly job against a daily one takes people out for a day.
  expect(isFlipping(...wordsOf("1111101111110111111011111"), { bits: 20, within: 4, hours: 24 })).toBe(true);
  expect(isCalendar([{ at: 0, away: 2 }], 1)).toBe(false);
});

test.each([
  [0.25, 12],
  [1, 12],
  [6, 6],
  [12, 5],
  [24, 4],
  [168, 4],
  [Number.NaN, 12],
])("readings %f hours apart: back within %i", (hours, within) => expect(returnWithin(hours)).toBe(within));

test("counts what a loop over the bits counts, for any history and window", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom<0 | 1>(0, 1), { minLength: 64, maxLength: 64 }),
      fc.integer({ min: 1, max: 52 }),
      fc.integer({ min: 1, max: 12 }),
      (bits, window, within) => {
        let expected = 0;
        for (let i = 0; i < window; i++) {
          if (bits[i] !== 1) continue;
          const away = bits.slice(i + 1).indexOf(1);
          if (away > 0 && away <= within && i + 1 + away < window + within) expected++;
        }
        expect(returnsOf(...words(bits), window, within).length).toBe(expected);
      },
    ),
  );
});
