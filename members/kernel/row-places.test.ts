import fc from "fast-check";
import { expect, test } from "vitest";
import { RowIndex, rowNumber, UnusableRows } from "./row-places.ts";

test("a row's number follows from its offset and its last 24 bits, beyond 16 million rows too", () => {
  const step = fc.record({
    bytes: fc.integer({ min: 1, max: 2 ** 30 }),
    rows: fc.integer({ min: 0, max: 2 ** 24 - 1 }),
  });
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 400 }),
      fc.nat(),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (steps, pick, share) => {
        const index = new RowIndex();
        const begins: { offset: number; row: number }[] = [];
        let offset = 0;
        let row = 0;
        for (const s of steps) {
          index.add(offset, row);
          begins.push({ offset, row });
          offset += s.bytes;
          row += s.rows;
        }
        const at = pick % steps.length;
        const begin = begins[at] ?? { offset: 0, row: 0 };
        const step = steps[at] ?? { bytes: 1, rows: 0 };
        const number = begin.row + Math.floor(step.rows * share);
        expect(
          rowNumber(index.places(), begin.offset + Math.floor((step.bytes - 1) * share), number % 2 ** 24),
        ).toBe(number);
      },
    ),
  );
});

test("unusable rows are held up to a limit, and then none", () => {
  const rows = new UnusableRows();
  for (let n = 0; n < 500_000; n++) rows.add(n * 10, n);
  expect(rows.rows()?.subarray(-2)).toEqual(Float64Array.of(4_999_990, 499_999));
  rows.add(1, 2);
  expect(rows.rows()).toBeNull();
});
