import { describe, expect, test } from "vitest";
import { attributeWishes, chooseColumns } from "./columns.ts";
import { labelsOf } from "./label.ts";

const header = (label: string, ...columns: string[]) => ({ label, columns });
const chosen = (id: string | null, attributes: string[], ...headers: ReturnType<typeof header>[]) =>
  chooseColumns(headers, id, attributeWishes(attributes));

describe("the column that names a person", () => {
  test("is found by its usual names: e-mail, then customer id, then phone", () => {
    const a = header("a.csv", "id", "E-Mail Address", "Customer ID");
    expect(chosen(null, [], a, header("b.csv", "customer_id", "email"))).toMatchObject({
      identity: "email",
      columns: [{ id: 1 }, { id: 1 }],
    });
    expect(chosen(null, [], a, header("b.csv", "Phone", "customer_id"))).toMatchObject({
      identity: "customer_id",
      columns: [{ id: 2 }, { id: 1 }],
    });
  });

  test("can be named, and means what its name means", () => {
    const headers = [header("a.csv", "Work Email", "Email"), header("b.csv", "email", "x")];
    expect(chosen("Work Email", [], ...headers)).toEqual({
      identity: "email",
      columns: [
        { id: 0, attributes: [] },
        { id: 0, attributes: [] },
      ],
    });
    expect(chosen("x", [], header("a.csv", "X"), header("b.csv", "e", "x"))).toMatchObject({
      identity: "customer_id",
      columns: [{ id: 0 }, { id: 1 }],
    });
  });

  test("missing: the columns there are, and no address from a file without header", () => {
    expect(() => chosen(null, [], header("a.csv", "name", "plan"), header("b.csv", "email"))).toThrow(
      "a.csv: no kind of identifier is known in every file; the columns here are: name, plan → name the column that tells people apart: --id COLUMN",
    );
    expect(() => chosen("acount", [], header("a.csv", "account", "to ann@x.com"))).toThrow(
      "a.csv: there is no column “acount” for --id; there are: account, (column 2) → did you mean “account”?",
    );
  });
});

describe("attributes", () => {
  test("by name regardless of case, or by the other name that is given", () => {
    const { columns } = chosen(
      null,
      ["plan=Plan Type, region", "region"],
      header("a.csv", "email", "REGION", "plan"),
      header("b.csv", "email", "Plan Type", "region"),
    );
    expect(columns.map((c) => c.attributes)).toEqual([
      [2, 1],
      [1, 2],
    ]);
  });

  test("unknown: a suggestion", () => {
    expect(() => chosen("email", ["plann"], header("a.csv", "email", "plan"))).toThrow(
      /^a\.csv: there is no column “plann” for --attributes; there are: email, plan → did you mean “plan”\?/,
    );
  });

  test("hostile names are ordinary names", () => {
    expect(attributeWishes(["__proto__,constructor", "=cmd"])).toEqual([
      { name: "__proto__", columns: ["__proto__"] },
      { name: "constructor", columns: ["constructor"] },
      { name: "cmd", columns: ["cmd"] },
    ]);
  });
});

test.each([
  [
    ["x/a.csv", "y/b.csv"],
    ["a.csv", "b.csv"],
  ],
  [
    ["x/a.csv", "y/a.csv"],
    ["x/a.csv", "y/a.csv"],
  ],
  [
    ["a.csv", "a.csv", "a.csv"],
    ["a.csv", "a.csv (2)", "a.csv (3)"],
  ],
  [
    ["a.csv", "a.csv", "x/a.csv (2)"],
    ["a.csv", "a.csv (2)", "a.csv (2) (2)"],
  ],
  [
    ["a\u202egpj.csv", "b\n.csv"],
    ["a�gpj.csv", "b�.csv"],
  ],
])("labels of %j", (paths, labels) => expect(labelsOf(paths)).toEqual(labels));
