import pg from "pg";
import { describe, expect, it } from "vitest";
import { hostOf } from "./connect.ts";
import { consentWord } from "./consent-words.ts";
import { isLost, postgresError } from "./error.ts";
import { bareName, quoteName } from "./identifier.ts";
import { instantOf, rowReader, yesNo } from "./row.ts";

describe("consent words", () => {
  it.each([
    ["Opted-In", "subscribed"],
    ["TRUE", "subscribed"],
    ["t", "subscribed"],
    ["opt out", "unsubscribed"],
    ["false", "unsubscribed"],
    ["spam complaint", "complained"],
    ["pending", "pending"],
    ["erased", "erased"],
    ["", "unknown"],
    [null, "unknown"],
    ["unknown", "unknown"],
    ["maybe", null],
    ["subscribed?", null],
  ])("%j is %j", (word, state) => expect(consentWord(word)).toBe(state));
});

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

describe("times", () => {
  it.each([
    ["2026-01-02 03:04:05.678901+00", "2026-01-02T03:04:05.678Z"],
    ["2026-01-02 03:04:05+05:30", "2026-01-01T21:34:05.000Z"],
    ["2026-01-02 03:04:05", "2026-01-02T03:04:05.000Z"],
    ["2026-01-02", "2026-01-02T00:00:00.000Z"],
    ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000Z"],
    ["infinity", null],
    ["0044-03-15 BC", null],
    ["yesterday", null],
    ["", null],
    [null, null],
  ])("%j is %j", (raw, at) => expect(instantOf(raw)).toBe(at));
});

it("reads yes and no as people write it", () => {
  expect(["t", "Yes", "1"].map(yesNo)).toEqual([true, true, true]);
  expect(["f", "NO", "0"].map(yesNo)).toEqual([false, false, false]);
  expect([null, "", "maybe"].map(yesNo)).toEqual([null, null, null]);
});

describe("rows", () => {
  const column = (name: string, dataTypeID = 25) => ({ name, dataTypeID });
  it("takes unmapped columns under their own name, and a hostile one as data", () => {
    const reader = rowReader([column("email"), column("__proto__"), column("ok", 16)], {});
    const row = reader.row(["a@x.test", "polluted", "t"], 1, [0]);
    expect(row.attributes.ok).toBe("true");
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(reader.identifiers).toEqual(["email"]);
  });
  it("tells words it does not know, but never something like an address", () => {
    const reader = rowReader([column("email"), column("consent")], {});
    for (const word of ["maybe", "ana@example.test", "maybe"]) reader.row(["a@x.test", word], 1, [0]);
    expect([...reader.unknownConsent]).toEqual(["maybe", "(not a plain word)"]);
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
