import { describe, expect, it } from "vitest";
import { columnsAs, fitColumns, type Shape } from "./fit-columns.ts";

const shape = (text: string, mapping: Shape["mapping"] = {}): Shape => ({
  columns: text.split(" ").map((word) => {
    const [name = "", oid = "25"] = word.split(":");
    return { name, oid: Number(oid) };
  }),
  mapping,
});
const ATTRIBUTES = ["plan", "region"];

describe("columns of a copy at its owner", () => {
  it.each([
    ["in another order", shape("email plan consent"), shape("consent email plan"), [1, 2, 0]],
    ["fewer than the owner's", shape("email customer_id plan"), shape("email"), [0, null, null]],
    ["under other names", shape("plan email"), shape("email tier", { plan: "tier" }), [1, 0]],
    ["mapped at the owner", shape("email tier", { plan: "tier" }), shape("plan email"), [1, 0]],
    ["that nobody keeps", shape("email plan"), shape("email created shoe_size"), [0, null]],
    ["twice: the last counts", shape("email plan"), shape("email plan email"), [2, 1]],
    [
      "one for two meanings",
      shape("email plan region"),
      shape("email p", { plan: "p", region: "p" }),
      [0, 1, 1],
    ],
    [
      "an attribute that is an identifier too",
      shape("email id"),
      shape("email id", { plan: "id" }),
      "the owner’s query has no attribute plan",
    ],
    [
      "one that the owner lacks",
      shape("email plan"),
      shape("email mailable"),
      "the owner’s query has no mailable",
    ],
    [
      "of another type",
      shape("email plan:25"),
      shape("email plan:1042"),
      "attribute plan has another type in the owner’s query",
    ],
    ["text and varchar, integers of two sizes", shape("email:1043 id:23"), shape("id:20 email"), [1, 0]],
    [
      "two that are one at the owner",
      shape("email p", { plan: "p", region: "p" }),
      shape("email plan region"),
      "attribute region and another column are one in the owner’s query",
    ],
  ])("%s", (_, owner, copy, places) => {
    expect(fitColumns(owner, copy, ATTRIBUTES)).toEqual(places);
  });

  it("are read at the owner's places", () => {
    const { columns } = shape("tier email");
    expect(columnsAs(columns, [1, null, 0], 2).map((c) => c.name)).toEqual(["email", "", "tier", "", ""]);
  });
});
