import fc from "fast-check";
import { expect, test } from "vitest";
import { flips, presenceText } from "./flips.ts";

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

test.each([
  ["1", 0],
  ["11111", 0],
  ["10110", 3],
  ["0101010101010101", 15],
  ["0000000000000001", 1],
])("%s changes %i times", (text, changes) => {
  const [lo, hi] = words([...text].reverse().map((c) => (c === "1" ? 1 : 0)));
  expect(flips(lo, hi, text.length)).toBe(changes);
  expect(presenceText(lo, hi, text.length)).toBe(text);
});

test("counts what a loop over the bits counts, for any history and window", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom<0 | 1>(0, 1), { minLength: 64, maxLength: 64 }),
      fc.integer({ min: 1, max: 64 }),
      (bits, window) => {
        let expected = 0;
        for (let i = 1; i < window; i++) if (bits[i] !== bits[i - 1]) expected++;
        const [lo, hi] = words(bits);
        expect(flips(lo, hi, window)).toBe(expected);
      },
    ),
  );
});
