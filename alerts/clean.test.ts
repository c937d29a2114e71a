import fc from "fast-check";
import { expect, test } from "vitest";
import { clean, ended } from "./clean.ts";

test.each([
  ["bidi overrides", "Trial\u202Egnp\u2066x", "Trialgnpx"],
  ["control characters and line ends", "a\u0000b\r\nc\u2028d", "a b c d"],
  ["zero width and tags", "a\u200Bb\u{E0041}c\uFEFF", "abc"],
  ["lone surrogates", "a\uD800b", "a\uFFFDb"],
  ["addresses", "VIP (ana.b+c@example.com)", "VIP ((address left out))"],
  ["names in other scripts stay", "نشرة Über 👩‍💻", "نشرة Über 👩‍💻"],
  ["markup is the renderer's part", "<b>&amp;", "<b>&amp;"],
])("%s", (_, text, wanted) => expect(clean(text, 100)).toBe(wanted));

test("cuts with an ellipsis, never inside a pair", () => {
  expect(clean("abcdef", 4)).toBe("abc…");
  expect(clean("ab😀def", 4)).toBe("ab…");
});

test("cuts between words, unless they are very long", () => {
  expect(clean("from Warehouse, which has them", 28)).toBe("from Warehouse, which has…");
  expect(clean("from Warehouse, which has them", 26)).toBe("from Warehouse, which has…");
  expect(clean("from Warehouse, which", 18)).toBe("from Warehouse…");
  expect(clean(`from ${"x".repeat(40)}`, 40)).toBe(`from ${"x".repeat(34)}…`);
});

test("a sentence that was cut needs no full stop", () => {
  expect([ended("Trial shrank"), ended(clean("Trial shrank a lot", 13))]).toEqual([
    "Trial shrank.",
    "Trial shrank…",
  ]);
});

test("whatever comes in, what goes out is short, in one line and without addresses", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary", maxLength: 400 }),
      fc.emailAddress(),
      fc.integer({ min: 1, max: 120 }),
      (text, address, max) => {
        const out = clean(`${text} ${address} ${text}`, max);
        expect(out.length).toBeLessThanOrEqual(max);
        expect(out).not.toMatch(/[\u0000-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/);
        expect(out).not.toContain(address);
      },
    ),
    { numRuns: 50 },
  );
}, 30_000);

test("a hostile megabyte takes no time", () => {
  const started = performance.now();
  clean("a@".repeat(500_000), 150);
  clean("x".repeat(1_000_000), 3000);
  expect(performance.now() - started).toBeLessThan(200);
});
