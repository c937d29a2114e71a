import pg from "pg";
import { describe, expect, it } from "vitest";
import { hostOf } from "./connect.ts";
import { isLost, postgresError } from "./error.ts";
import { bareName, quoteName } from "./identifier.ts";

describe("names", () => {
  it.each([
    ["lists", 3, '"lists"'],
    ["Public.Lists", 3, '"public"."lists"'],
    ['"Mixed Case"."a.b"', 3, '"Mixed Case"."a.b"'],
    ['"a""b"', 1, '"a""b"'],
  ] as const)("quotes %s", (name, parts, quoted) => expect(quoteName("w", name, parts)).toBe(quoted));
  it.each(["", "a b", "a;drop table x", 'a"', '"a', "a.b.c.d", "a..b", ".a", "a.", "1a", "a--", "x'y", '""'])(
    "refuses %j",
    (name) => {
      expect(() => quoteName("w", name, 3)).toThrow(expect.objectContaining({ kind: "config" }));
    },
  );
  it("refuses a schema where a column is wanted", () =>
    expect(() => quoteName("w", "a.b", 1)).toThrow(/not the name of a column/));
  it("knows the bare name again", () => {
    for (const [quoted, bare] of [
      ['"public"."lists"', "lists"],
      ['"lists"', "lists"],
      ['"a""b"', 'a"b'],
    ] as const)
      expect(bareName(quoted)).toBe(bare);
  });
});

describe("errors", () => {
  const from = (code: string, message: string) =>
    Object.assign(new pg.DatabaseError(message, 1, "error"), {
      code,
      detail: "Key (email)=(ana@example.test) already exists",
    });
  it.each([
    ["28P01", "auth"],
    ["42501", "auth"],
    ["42P01", "config"],
    ["25006", "refused"],
    ["57014", "transient"],
    ["23505", "bad_data"],
    ["22P02", "bad_data"],
    ["08006", "transient"],
    ["XX000", "config"],
  ])("%s is %s, without data", (code, kind) => {
    const error = postgresError("w", from(code, 'invalid input syntax: "ana@example.test"'));
    expect(error.kind).toBe(kind);
    expect(error.message).not.toContain("ana@");
  });
  it("knows a lost connection", () => {
    expect(isLost(new Error("Connection terminated unexpectedly"))).toBe(true);
    expect(isLost(from("57P01", "terminating connection"))).toBe(true);
    expect(isLost(from("22012", "division by zero"))).toBe(false);
  });
});

it("finds the host of a dsn", () => {
  expect(hostOf("postgres://u:p@db.example:5432/x")).toBe("db.example");
  expect(hostOf("postgres:///x?host=/var/run")).toBeNull();
});
