import mysql from "mysql2";
import { describe, expect, it } from "vitest";
import { decoder, type Field } from "./columns.ts";
import { placeOf } from "./dsn.ts";
import { isLost, mysqlError } from "./error.ts";
import { bareNames, quoteName } from "./identifier.ts";
import { textLiteral } from "./literal.ts";
import { notAQuery } from "./query.ts";
import { privilegesOf } from "./rights.ts";

// the package is CommonJS: Node gives its names only through the default export
const { Types } = mysql;

describe("names", () => {
  it.each([
    ["lists", 2, "`lists`"],
    ["Shop.Lists", 2, "`Shop`.`Lists`"],
    ["`Mixed Case`.`a.b`", 2, "`Mixed Case`.`a.b`"],
    ["`a``b`", 1, "`a``b`"],
  ] as const)("quotes %s", (name, parts, quoted) => expect(quoteName("w", name, parts)).toBe(quoted));
  it.each([
    "",
    "a b",
    "a;drop table x",
    "a`",
    "`a",
    "a.b.c",
    "a..b",
    ".a",
    "a.",
    "1a",
    "a--",
    "x'y",
    "``",
    '"a"',
  ])("refuses %j", (name) =>
    expect(() => quoteName("w", name, 2)).toThrow(expect.objectContaining({ kind: "config" })),
  );
  it("knows the bare names again", () => {
    expect(bareNames("`shop`.`a``b`")).toEqual(["shop", "a`b"]);
  });
});

it("writes a text so that nothing in it can end it", () => {
  expect(textLiteral("a'b\\")).toBe("_utf8mb4 0x6127625c");
  expect(textLiteral("")).toBe("_utf8mb4 ''");
});

it.each([
  "select 1",
  "  # a\n -- b\n /* c */ (select 1) union select 2",
  "with x as (select 1) select * from x",
  "values (1)",
  "table people",
])("lets %j run", (sql) => expect(notAQuery(sql)).toBeNull());
it.each([
  "delete from x",
  "set @a = 1",
  "call p()",
  "/*!50000 delete from x */",
  "select 1 /*M! into outfile 'x' */",
  "select 1 into dumpfile 'x'",
  "# select\ncommit",
  "",
])("does not let %j run", (sql) => expect(notAQuery(sql)).not.toBeNull());

it.each([
  ["GRANT SELECT ON `a`.* TO `u`@`%`", ["SELECT"]],
  ["GRANT SELECT, INSERT (`a`, `b`), UPDATE ON `x`.`y` TO `u`@`%`", ["SELECT", "INSERT", "UPDATE"]],
  ["GRANT ALL PRIVILEGES ON *.* TO `u`@`%` WITH GRANT OPTION", ["ALL PRIVILEGES", "GRANT OPTION"]],
  ["GRANT EXECUTE ON PROCEDURE `x`.`p` TO `u`@`%`", ["EXECUTE"]],
  ["GRANT `role`@`%` TO `u`@`%`", []],
])("reads the rights of %s", (grant, rights) => expect(privilegesOf(grant)).toEqual(rights));

describe("connection strings", () => {
  it("are read into parts", () => {
    expect(placeOf("w", "mysql://u%40x:p%3Aw@db.example.test:3307/shop?sslmode=verify-full")).toEqual({
      host: "db.example.test",
      port: 3307,
      socketPath: null,
      user: "u@x",
      password: "p:w",
      database: "shop",
      ssl: { rejectUnauthorized: true, minVersion: "TLSv1.2" },
    });
    expect(placeOf("w", "mariadb://u@[::1]/")).toMatchObject({
      host: "::1",
      port: 3306,
      database: null,
      ssl: null,
    });
    expect(placeOf("w", "mysql://u@localhost/x?socket=/run/m.sock").socketPath).toBe("/run/m.sock");
  });
  it.each([
    "nonsense",
    "postgres://u@h/x",
    "mysql://u@h/x?sslmode=yes",
    "mysql://u@h/x?flags=LOCAL_FILES",
    "mysql://u:%zz@h/x",
  ])("refuse %s without repeating it", (dsn) => {
    expect(() => placeOf("w", dsn)).toThrow(expect.objectContaining({ kind: "config" }));
    expect(() => placeOf("w", dsn)).not.toThrow(/%zz|LOCAL_FILES/);
  });
});

describe("values", () => {
  const field = (columnType: number, columnLength = 10, characterSet = 63): Field => ({
    name: "c",
    columnType,
    columnLength,
    characterSet,
  });
  const read = (f: Field, bytes: string | null, encoding: BufferEncoding = "utf8") => {
    const d = decoder([f]);
    return [d.columns[0]?.type, d.row([bytes === null ? null : Buffer.from(bytes, encoding)])[0]];
  };
  it("come as their text, whatever the type", () => {
    expect(read(field(Types.LONGLONG, 20), "9223372036854775807")).toEqual(["number", "9223372036854775807"]);
    expect(read(field(Types.NEWDECIMAL), "0.10")).toEqual(["number", "0.10"]);
    expect(read(field(Types.TINY, 1), "1")).toEqual(["boolean", "1"]);
    expect(read(field(Types.TINY, 4), "1")).toEqual(["number", "1"]);
    expect(read(field(Types.BIT, 1), "01", "hex")).toEqual(["boolean", "1"]);
    expect(read(field(Types.BIT, 12), "0101", "hex")).toEqual(["number", "257"]);
    expect(read(field(Types.DATETIME), "0000-00-00 00:00:00")).toEqual(["timestamp", null]);
    expect(read(field(Types.DATE), "2026-01-02")).toEqual(["timestamp", "2026-01-02"]);
    expect(read(field(Types.VAR_STRING, 40, 46), "Zoë💥")).toEqual(["text", "Zoë💥"]);
    expect(read(field(Types.STRING), "00112233ff", "hex")).toEqual(["text", "00112233ff"]);
    expect(read(field(Types.VAR_STRING), "plain")).toEqual(["text", "plain"]);
    expect(read(field(Types.LONG), null)).toEqual(["number", null]);
  });
});

describe("errors", () => {
  const from = (errno: number, message = "Duplicate entry 'ana@example.test' for key 'email'") =>
    Object.assign(new Error(message), { errno, code: "ER_X", sqlState: "HY000" });
  it.each([
    [1045, "auth"],
    [1142, "auth"],
    [1049, "config"],
    [1146, "config"],
    [1792, "refused"],
    [1969, "transient"],
    [1205, "transient"],
    [1062, "bad_data"],
    [1366, "bad_data"],
    [1927, "transient"],
    [9999, "config"],
  ])("%i is %s, without data", (errno, kind) => {
    const error = mysqlError("w", from(errno));
    expect(error.kind).toBe(kind);
    expect(error.message).not.toContain("ana@");
  });
  it("name the column that is not there, and nothing that looks like a person", () => {
    expect(mysqlError("w", from(1054, "Unknown column 'plan' in 'SELECT'")).message).toContain("plan");
    expect(mysqlError("w", from(1064, "near 'ana@example.test'")).message).not.toContain("ana");
  });
  it("knows a lost connection", () => {
    expect(isLost(from(1927))).toBe(true);
    expect(isLost(Object.assign(new Error("x"), { code: "PROTOCOL_CONNECTION_LOST" }))).toBe(true);
    expect(isLost(new Error("Can't add new command when connection is in closed state"))).toBe(true);
    expect(isLost(from(1062))).toBe(false);
  });
});
