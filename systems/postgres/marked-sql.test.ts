import { describe, expect, it } from "vitest";
import { isMarked, MarkedOrder, markedQuery } from "./marked-sql.ts";

const ROWS = 2 ** 40;
const HOSTILE = `x"); drop table people; --`;
const columns = [
  { name: "email", oid: 25 },
  { name: HOSTILE, oid: 1042 },
];

describe("an owner's rows, marked", () => {
  const text = markedQuery("email", 0, { sql: "select 1 -- end", columns }, [
    { sql: "table b;", columns, places: [0, 1] },
    { sql: "table c", columns, places: [1, null] },
  ]);

  it("writes no name of a column, and takes no parameter", () => {
    expect(text).not.toContain("people");
    expect(text).not.toContain("$1");
    expect(text).toContain("(select 1 -- end\n) as q(c0, c1)");
    expect(text).toContain("(table b\n) as q(c0, c1)");
  });

  it("takes of a copy only what is read of it", () => {
    const [, first = "", second = ""] = text.split(/copy\d as materialized/);
    expect(first).toContain("end as key, c0, c1\n");
    expect(second).toContain("end as key, c1\n");
  });

  it.each([
    ["00", [0]],
    ["01", [0, 2]],
    ["11", [0, 1, 2]],
    ["c1", [1]],
    ["c2", [2]],
    [null, [0]],
  ])("a row marked %j belongs to %j", (mark, sides) => {
    expect([0, 1, 2].filter((side) => isMarked(mark, side))).toEqual(sides);
  });

  it.each([
    ["of the owner, then of its copies", [1, 7, ROWS + 1, ROWS + 2, 2 * ROWS + 5], true, [2, 2, 1]],
    ["backwards", [1, 7, 6], false, [3, 0, 0]],
    ["twice the same", [ROWS + 1, ROWS + 1], false, [0, 2, 0]],
    ["a copy before the owner", [ROWS + 1, 3], false, [1, 1, 0]],
    ["not a position", [Number.NaN], false, [0, 0, 0]],
  ])("positions %s", (_, positions, kept, rows) => {
    const order = new MarkedOrder(3);
    for (const pos of positions) order.next(pos);
    expect({ kept: order.kept, rows: [...order.rows] }).toEqual({ kept, rows });
  });
});
