import { describe, expect, test } from "vitest";
import { countsIn, fieldsOf, idsIn, kindIn, NoReading, numberIn, timeIn, UnreadableLine } from "./point.ts";

describe("a line", () => {
  test("is one JSON object; NaN and Infinity, as Python writes them, are not measured", () => {
    expect(fieldsOf('{"value": NaN, "low": -Infinity, "series": "NaN, \\" Infinity"}')).toEqual({
      value: null,
      low: null,
      series: 'NaN, " Infinity',
    });
    for (const line of ["", "x", "[1]", "3", "null", '{"a":1', '{"NaN'])
      expect(() => fieldsOf(line), line).toThrow(UnreadableLine);
  });

  test("says when, in UTC unless it names a zone", () => {
    const noon = Date.UTC(2026, 10, 26, 12);
    for (const t of [
      "2026-11-26T12:00:00Z",
      "2026-11-26 12:00",
      "2026-11-26T13:00+01:00",
      "2026-11-26T12:00:00,000",
      noon,
    ])
      expect(timeIn({ t }), String(t)).toBe(noon);
    expect(timeIn({ t: "2026-11-26" })).toBe(Date.UTC(2026, 10, 26));
    for (const t of [
      "26.11.2026",
      "2026-13-26",
      "Nov 26 2026",
      "",
      null,
      undefined,
      Number.POSITIVE_INFINITY,
      {},
    ])
      expect(() => timeIn({ t }), String(t)).toThrow(UnreadableLine);
  });

  test("says of what kind it is, or is a gauge", () => {
    expect([kindIn({}), kindIn({ kind: "rate" })]).toEqual(["gauge", "rate"]);
    expect(() => kindIn({ kind: "toString" })).toThrow(UnreadableLine);
  });

  test("may say nothing that can be judged", () => {
    expect(numberIn({ value: -0.5 }, "value")).toBe(-0.5);
    for (const value of [undefined, null, "12", Number.POSITIVE_INFINITY, [], true])
      expect(() => numberIn({ value }, "value"), String(value)).toThrow(NoReading);
    expect(countsIn({ counts: { a: 0, b: 2.5 } }, "counts")).toEqual({ a: 0, b: 2.5 });
    for (const counts of [null, [], { a: -1 }, { a: "1" }, { a: null }])
      expect(() => countsIn({ counts }, "counts"), JSON.stringify(counts)).toThrow(NoReading);
    for (const added of [null, {}, [null], [[1]]])
      expect(() => idsIn({ added }, "added"), JSON.stringify(added)).toThrow(NoReading);
  });
});
