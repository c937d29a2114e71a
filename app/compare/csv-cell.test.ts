import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { expect, test } from "vitest";
import { csvCell, csvLine } from "./csv-cell.ts";

const text = fc.string({
  unit: fc.constantFrom("=", "+", "-", "@", "'", '"', ",", ";", "\t", "\r", "\n", "a", "＝", "é"),
});
const RUNS = /^[=+\-@\t\r\n＝＋－＠]/;

test("whatever the text: one cell, nothing to run, and the text comes back without one apostrophe", () => {
  fc.assert(
    fc.property(fc.array(text, { minLength: 2, maxLength: 4 }), (cells) => {
      const read: string[] = parse(csvLine(cells), { record_delimiter: "\r\n" })[0] ?? [];
      expect(read.every((cell) => !RUNS.test(cell))).toBe(true);
      expect(read.map((cell) => cell.replace(/^'/, ""))).toEqual(cells);
    }),
  );
});

test.each([
  ["=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"],
  ["+44 20", "'+44 20"],
  ["'quoted'", "''quoted'"],
  ["plain", "plain"],
  ["a,b", '"a,b"'],
])("%s → %s", (raw, cell) => expect(csvCell(raw)).toBe(cell));
