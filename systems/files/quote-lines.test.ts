import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { expect, test } from "vitest";
import { lineOfBadQuote, linesOfRecord } from "./quote-lines.ts";

test.each<[string, number | null]>([
  ['a,b\nc,"d""e"\r\n', null],
  ['a,b\n"c\nd",e\n"f', 3],
  ['"a\nb","c\nd\n', 1],
  ['a,"b\nc"x,d\n', 0],
  ['a,b\nc,5" pipe\n', 1],
  ['a,b\rc,"d\re\r', 1],
])("the quote at fault of %j opened on line %j", (text, line) => {
  expect(lineOfBadQuote(text, ",")).toBe(line);
});

test("a quote is at fault exactly where csv-parse refuses", () => {
  const piece = fc.constantFrom("a", '"', '""', ",", "\n", "\r\n", '"b\nc"', "é");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
      const text = `x\n${pieces.join("")}`;
      let refused = false;
      try {
        parse(text, { record_delimiter: ["\r\n", "\n"], skip_empty_lines: true, relax_column_count: true });
      } catch {
        refused = true;
      }
      expect(lineOfBadQuote(text, ",") !== null).toBe(refused);
    }),
    { numRuns: 2000 },
  );
});

test("records stand on the lines they take, blank ones not counted", () => {
  const text = 'a,b\r\n\r\n"c\r\nd",e\n\nf,"g\n\nh"\ni\n';
  expect([0, 1, 2, 3].map((n) => linesOfRecord(text, n))).toEqual([
    { record: { first: 0, last: 0 }, quoted: null },
    { record: { first: 2, last: 3 }, quoted: { first: 2, last: 3 } },
    { record: { first: 5, last: 7 }, quoted: { first: 5, last: 7 } },
    { record: { first: 8, last: 8 }, quoted: null },
  ]);
});
