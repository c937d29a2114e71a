import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { columnFor, columnNamed } from "./columns.ts";
import { openCsv } from "./csv.ts";
import { sniffDelimiter } from "./header.ts";
import { parseQuoted, splitMixed, splitPlain } from "./records.ts";
import type { TableEnd } from "./table-file.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-csv-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

let n = 0;
async function read(
  content: string | Buffer,
): Promise<{ columns: readonly string[]; rows: string[][]; end: TableEnd | null }> {
  const path = join(folder, `${n++}.csv`);
  writeFileSync(path, content);
  const csv = await openCsv(path, "crm.csv");
  try {
    const rows: string[][] = [];
    for await (const batch of csv.rows()) rows.push(...batch.map((r) => [...r]));
    return { columns: csv.columns, rows, end: csv.end() };
  } finally {
    await csv.close();
  }
}

const message = async (content: string | Buffer): Promise<string> => {
  const answer = await read(content).catch((e: Error) => e);
  if (!(answer instanceof Error)) throw new Error("it was read without an error");
  return answer.message;
};

describe("reads", () => {
  test.each([
    ["plain", "email,plan\na@x.com,pro\nb@x.com,free\n"],
    ["no final line break", "email,plan\na@x.com,pro\nb@x.com,free"],
    ["Windows line ends", "email,plan\r\na@x.com,pro\r\nb@x.com,free\r\n"],
    ["old Macintosh line ends", "email,plan\ra@x.com,pro\rb@x.com,free"],
    ["byte order mark", "\ufeffemail,plan\na@x.com,pro\nb@x.com,free\n"],
    ["semicolons", "email;plan\na@x.com;pro\nb@x.com;free\n"],
    ["tabs", "email\tplan\na@x.com\tpro\nb@x.com\tfree\n"],
    ["quotes", '"email","plan"\n"a@x.com","pro"\nb@x.com,"free"\n'],
    ["blank lines", "\n\nemail,plan\n\na@x.com,pro\n\n\nb@x.com,free\n\n"],
  ])("%s", async (_, content) => {
    for (const bytes of [Buffer.from(content), gzipSync(content)]) {
      expect(await read(bytes)).toMatchObject({
        columns: ["email", "plan"],
        rows: [
          ["a@x.com", "pro"],
          ["b@x.com", "free"],
        ],
        end: { rows: 2 },
      });
    }
  });

  test("fields with delimiters, quotes and line breaks, verbatim", async () => {
    const { rows } = await read('email,note\na@x.com,"one, ""two""\nthree"\nb@x.com,=cmd|<b>\u202e\n');
    expect(rows).toEqual([
      ["a@x.com", 'one, "two"\nthree'],
      ["b@x.com", "=cmd|<b>\u202e"],
    ]);
  });

  test("header only is an empty list, read to its end", async () => {
    expect(await read("email,plan\n")).toEqual({
      columns: ["email", "plan"],
      rows: [],
      end: { rows: 0, gzip: false, finalNewline: true },
    });
  });

  test("many blocks, some with quotes that span them", async () => {
    const rows = Array.from({ length: 25_000 }, (_, i) => [
      `p${i}@x.com`,
      i % 997 === 0 ? `a "b"\n${"c".repeat(i % 500)}` : `v${i}`,
    ]);
    const text = `email,note\n${rows.map(([e, v]) => `${e},${v?.includes('"') ? `"${v.replaceAll('"', '""')}"` : v}\n`).join("")}`;
    expect((await read(text)).rows).toEqual(rows);
    expect((await read(gzipSync(text))).rows).toEqual(rows);
  });

  test("a record that grows over many blocks until 10 MB", async () => {
    const long = `${"x".repeat(70)}\n`.repeat(60_000);
    const { rows } = await read(`email,note\na@x.com,"${long}"\nb@x.com,1\n`);
    expect(rows.map((r) => r[1]?.length)).toEqual([long.length, 1]);
  });
});

describe("refuses, with file, line and a way out, and never quotes data", () => {
  const secret = "secret.person@x.com";
  test.each([
    ["empty file", "", /^crm.csv: the file is empty →/],
    ["blank file", "\n \n", /^crm.csv:\d: the file has no header line →/],
    [
      "unclosed quote",
      `email,plan\na@x.com,pro\n"${secret},pro\nb@x.com,free\n`,
      /^crm.csv:3: a quote is opened and never closed →/,
    ],
    [
      "quote inside a field",
      `email,plan\na@x.com,pro\n${secret},5" pipe\nb@x.com,1"\n`,
      /^crm.csv:3: a quote stands inside a field/,
    ],
    [
      "too few fields",
      `email,plan\na@x.com,pro\n${secret}\nb@x.com,free\n`,
      /^crm.csv:3: 1 fields where the header has 2 →/,
    ],
    [
      "too many fields",
      `email,plan\n"a\n@x.com",pro\n${secret},pro,x\n`,
      /^crm.csv:4: 3 fields where the header has 2 →/,
    ],
    [
      "cut in the middle of a line",
      `email,plan,region\na@x.com,pro,eu\n${secret},p`,
      /^crm.csv:3: the file ends in the middle of a line: 2 of 3 fields →/,
    ],
    [
      "same column twice",
      `email,plan,plan\n${secret},a,b\n`,
      /^crm.csv:1: columns 2 and 3 have the same name →/,
    ],
    ["no header", `${secret},pro\nb@x.com,free\n`, /^crm.csv:1: the first line looks like data/],
    [
      "NUL byte",
      `email,plan\na@x.com,pro\n${secret},p\u0000ro\n`,
      /^crm.csv:3: NUL byte at byte 22 of the line →/,
    ],
    [
      "UTF-16",
      Buffer.from(`\ufeffemail,plan\n${secret},pro\n`, "utf16le"),
      /^crm.csv:1: the file is UTF-16 →/,
    ],
    [
      "UTF-16 without a mark",
      Buffer.from(`email,plan\n${secret},pro\n`, "utf16le"),
      /^crm.csv:1: NUL byte at byte 2 of the line → .*UTF-16/,
    ],
    [
      "Windows-1252",
      Buffer.from("email,name\na@x.com,Ann\nb@x.com,J\u00fcrgen\n", "latin1"),
      /^crm.csv:3: not UTF-8 at byte 10 of the line → .*iconv/,
    ],
    [
      "cut UTF-8",
      Buffer.from("email,name\na@x.com,J\u00fc").subarray(0, 21),
      /^crm.csv:2: not UTF-8 at byte 10/,
    ],
    ["Excel file", Buffer.from("PK\u0003\u0004rest"), /^crm.csv: this is an Excel or zip file →/],
    ["web page", "<!doctype html><html>", /^crm.csv:1: this is HTML or XML, not CSV →/],
    [
      "cut gzip",
      gzipSync(`email,plan\n${"a@x.com,pro\n".repeat(5000)}`).subarray(0, 60),
      /^crm.csv: the gzip file is cut off/,
    ],
    [
      "damaged gzip",
      Buffer.from(gzipSync("email,plan\na@x.com,pro\n").map((b, i) => (i === 24 ? b ^ 0xff : b))),
      /^crm.csv: the gzip file is damaged →/,
    ],
    ["10 MB line", `email,plan\n${"x".repeat(11e6)}`, /^crm.csv:2: the line is longer than 10 MB →/],
    [
      "10 MB field",
      `email,plan\na@x.com,"${`${"x".repeat(99)}\n`.repeat(110_000)}`,
      /^crm.csv:2: .*(10 MB|never closed)/,
    ],
  ])(
    "%s",
    async (_, content, expected) => {
      const said = await message(content);
      expect(said).toMatch(expected);
      expect(said).not.toContain("secret");
    },
    30_000,
  );

  test("a missing file and a folder", async () => {
    await expect(openCsv(join(folder, "no.csv"), "crm/no.csv")).rejects.toMatchObject({ kind: "not_found" });
    await expect(openCsv(folder, "crm")).rejects.toMatchObject({ kind: "bad_data" });
  });

  test("a file that changes while it is read", async () => {
    const path = join(folder, "growing.csv");
    writeFileSync(path, `email,plan\n${"a@x.com,pro\n".repeat(100_000)}`);
    const csv = await openCsv(path, "crm.csv");
    let rows = 0;
    const all = async () => {
      for await (const batch of csv.rows()) {
        if (rows === 0) appendFileSync(path, "late@x.com,pro\n");
        rows += batch.length;
      }
    };
    await expect(all()).rejects.toThrow(/changed while it was read/);
    expect(rows).toBeGreaterThanOrEqual(100_000);
    expect(csv.end()).toBeNull();
    await csv.close();
  });
});

test("the direct way of splitting lines gives what csv-parse gives", () => {
  const field = fc.string({ unit: fc.constantFrom("a", "é", " ", "\u202e", "=", "1", ";"), maxLength: 4 });
  const line = fc.tuple(
    fc.array(field, { minLength: 1, maxLength: 3 }).map((f) => f.join(",")),
    fc.constantFrom("\n", "\r\n", "\n\n"),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), fc.boolean(), (lines, final) => {
      let text = lines.flat().join("");
      if (!final) text = text.trimEnd();
      const reference: string[][] = parse(text, {
        record_delimiter: ["\r\n", "\n"],
        skip_empty_lines: true,
        relax_column_count: true,
      });
      expect(splitPlain(text, ",")).toEqual(reference);
      expect(parseQuoted(text, ",", 1, "x")).toEqual(reference);
    }),
  );
});

test("lines with quotes among lines without give what csv-parse gives for all of them, or are refused as it refuses", () => {
  const field = fc.constantFrom(
    "a",
    "",
    "é",
    '"a"',
    '"a,b"',
    '"a\nb"',
    '"a\r\n\nb"',
    '"5"" pipe"',
    '""',
    'a"b',
    '"',
  );
  const apart = fc.constantFrom("", "", "x".repeat(2_000));
  const line = fc.tuple(
    fc.array(field, { minLength: 1, maxLength: 3 }),
    apart,
    fc.constantFrom("\n", "\r\n", "\n\n"),
  );
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), fc.boolean(), (lines, final) => {
      let text = lines
        .map(([fields, far, end]) => `${fields.join(",")}${far && `,1${end}${far}`}${end}`)
        .join("");
      if (!final) text = text.trimEnd();
      if (!text.includes("\n")) text += "\n";
      const whole = () => parseQuoted(text, ",", 1, "x");
      const parts = () => splitMixed(text, ",", 1, "x");
      let refused: unknown = null;
      try {
        whole();
      } catch (e) {
        refused = e;
      }
      // csv-parse counts a carriage return within quotes as a line of its own, so only the reason is compared
      if (refused instanceof Error) expect(parts).toThrow(refused.message.replace(/^x:\d+: /, ""));
      else expect(parts()).toEqual(whole());
    }),
    { numRuns: 300 },
  );
});

test.each([
  ["a,b,c", ","],
  ["a;b;c", ";"],
  ["a\tb", "\t"],
  ['"x,y,z";b;c', ";"],
  ["email", ","],
  ["a|b", "|"],
])("%j is split at %j", (line, delimiter) => expect(sniffDelimiter(line)).toBe(delimiter));

test("columns are found by the names that exports use", () => {
  expect(columnFor(["First Name", "E-Mail Address"], "email")).toBe(1);
  expect(columnFor(["Work email", "Email"], "email")).toBe(1);
  expect(columnFor(["id", "Customer ID"], "customer_id")).toBe(1);
  expect(columnFor(["Phone Number"], "phone")).toBe(0);
  expect(columnFor(["name"], "email")).toBe(-1);
  expect(columnNamed(["Plan", "plan"], "plan")).toBe(1);
  expect(columnNamed(["Plan Name", "plan_name"], "PLAN NAME")).toBe(-1);
  expect(columnNamed(["Plan Name"], "plan_name")).toBe(0);
});

test("a file that shrinks while it is read says so, not that a line is broken", async () => {
  const path = join(folder, "shrinking.csv");
  writeFileSync(path, `email,plan\n${"a@x.com,pro\n".repeat(100_000)}`);
  const csv = await openCsv(path, "crm.csv");
  const all = async () => {
    for await (const batch of csv.rows()) if (batch.length > 0) truncateSync(path, 600_001);
  };
  await expect(all()).rejects.toMatchObject({
    kind: "transient",
    message: expect.stringMatching(/changed while it was read/),
  });
  await csv.close();
});
