import { describe, expect, it } from "vitest";
import { differenceQuery } from "./difference-sql.ts";
import { TRIMMED } from "./plain-sql.ts";

const HOSTILE = `x"); drop table people; --`;
const side = (sql: string) => ({
  sql,
  columns: [
    { name: "email", oid: 25 },
    { name: HOSTILE, oid: 1042 },
  ],
  id: 0,
  attributes: [1],
});

describe("the query of two sides", () => {
  it("writes no name of a column, and hands values over as parameters", () => {
    const { text, values } = differenceQuery("email", [side("select 1 -- end"), side("table b;")]);
    expect(text).not.toContain("drop table");
    expect(text).not.toContain("people");
    expect(text).toContain("(select 1 -- end\n) as q(c0, c1)");
    expect(text).toContain("(table b\n) as q(c0, c1)");
    expect(values).toEqual([TRIMMED, expect.stringContaining("@")]);
  });

  it("trims what String.trim trims", () => {
    const trimmed = Array.from({ length: 0xffff }, (_, c) => String.fromCharCode(c + 1)).filter(
      (c) => c.trim() === "",
    );
    expect([...TRIMMED].sort()).toEqual(trimmed.sort());
  });

  it("has no attribute to compare", () => {
    const none = { ...side("table a"), attributes: [] };
    expect(differenceQuery("customer_id", [none, none]).text).not.toContain("a0");
  });
});
