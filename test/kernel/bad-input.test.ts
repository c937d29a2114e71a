import { spawn } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { BUILT, compareIn, type Ended, withoutKernel } from "./built.ts";

let folder = "";
let reference: ReturnType<typeof withoutKernel>;
beforeAll(() => {
  reference = withoutKernel();
});
afterAll(() => reference.remove());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-bad-input-"));
  chmodSync(folder, 0o777);
  writeFileSync(join(folder, "good.csv"), "email,plan\nann@x.com,pro\nben@x.com,free\n");
  return () => rmSync(folder, { recursive: true, force: true });
});

const put = (name: string, content: string | Buffer): void => writeFileSync(join(folder, name), content);
const programs = (): string[] => [BUILT, reference.root];

/** The answer of both programs, which has to be one. */
function both(argv: readonly string[], options: Parameters<typeof compareIn>[3] = {}): Ended {
  const [quick, slow] = programs().map((root) => compareIn(root, folder, argv, options));
  expect(quick).toEqual(slow);
  return quick as Ended;
}

const rows = (n: number): string => Array.from({ length: n }, (_, i) => `p${i}@x.com,pro\n`).join("");

describe("a file that cannot be read to its end is named with its line, not compared, and leaves nothing half written", () => {
  test.each<[string, string | Buffer, RegExp]>([
    [
      "not UTF-8",
      Buffer.from(`email,plan\n${rows(3000)}b@x.com,J\u00fcrgen\n`, "latin1"),
      /^bad\.csv:3002: not UTF-8 at byte 10 of the line → .*iconv/,
    ],
    [
      "UTF-16",
      Buffer.from("\ufeffemail,plan\na@x.com,pro\n", "utf16le"),
      /^bad\.csv:1: the file is UTF-16 → export it as/,
    ],
    [
      "NUL bytes",
      `email,plan\n${rows(3000)}a@x.com,p\u0000ro\n`,
      /^bad\.csv:3002: NUL byte at byte 10 .*export it as CSV UTF-8/,
    ],
    ["no header", rows(20), /^bad\.csv:1: the first line looks like data/],
    [
      "a repeated column",
      "email,plan,plan\na@x.com,pro,x\n",
      /^bad\.csv:1: columns 2 and 3 have the same name/,
    ],
    [
      "a lone quote until the end",
      `email,plan\n${rows(3000)}b@x.com,"pro\n${rows(10)}`,
      /^bad\.csv:3002: a quote is opened and never closed/,
    ],
    [
      "two lone quotes",
      `email,plan\n${rows(3000)}b@x.com,"pro\n${rows(10)}c@x.com,"free\n${rows(9)}`,
      /^bad\.csv:3002: a quote stands inside a field, or is never closed/,
    ],
    [
      "a lone quote that closes rows later",
      `email,plan\n${rows(3000)}"b@x.com,pro\n${rows(10)}c@x.com,free"\n`,
      /^bad\.csv:3002: a quote that opens here closes on line 3013, in a record of 1 fields where the header has 2/,
    ],
    [
      "a quote that opens inside a record of several lines",
      'email,plan,note\na@x.com,"x\ny","z\nb@x.com,pro,c\n',
      /^bad\.csv:3: a quote is opened and never closed/,
    ],
    [
      "too few fields",
      `email,plan\n${rows(3000)}a@x.com\n${rows(9)}`,
      /^bad\.csv:3002: 1 fields where the header has 2/,
    ],
    [
      "too many fields, after line ends in quotes",
      `email,plan\r\na@x.com,"x\r\ny"\r\nb@x.com,pro,eu\r\n${rows(9)}`,
      /^bad\.csv:4: 3 fields where the header has 2/,
    ],
    [
      "cut off",
      `email,plan\n${rows(3000)}a@x`,
      /^bad\.csv:3002: the file ends in the middle of a line: 1 of 2 fields/,
    ],
    ["empty", "", /^bad\.csv: the file is empty → export again/],
    ["blank", "\n\n", /^bad\.csv:1: the file has no header line/],
    [
      "a record of 20 MB",
      `email,plan\na@x.com,"${"twenty characters...\n".repeat(1_000_000)}"\n`,
      /^bad\.csv:2: the record is longer than 10 MB/,
    ],
  ])("%s", (_, content, said) => {
    put("bad.csv", content);
    const ended = both([
      "good.csv",
      "bad.csv",
      "--attributes",
      "plan",
      "--json",
      "--html",
      "page.html",
      "--out",
      "out",
    ]);
    expect(ended.code).toBe(3);
    expect(ended.err).toMatch(new RegExp(said.source, "m"));
    expect(ended.err).not.toContain("@x.com");
    expect(JSON.parse(ended.out)).toMatchObject({
      verdict: "cant_tell",
      overlap: [],
      files: [{ missing: null }, { people: null }],
    });
    expect(readdirSync(join(folder, "out"))).toEqual([]);
    expect(readFileSync(join(folder, "page.html"), "utf8")).toMatch(/can’t tell/i);
  });

  test("a folder", () => {
    mkdirSync(join(folder, "bad.csv"));
    expect(both(["good.csv", "bad.csv", "--json"])).toMatchObject({
      code: 3,
      err: expect.stringMatching(/^bad\.csv: this is not a file/),
    });
  });
});

test.each<[string, string, string[], RegExp]>([
  [
    "no identifier column",
    "name,plan\nann,pro\n",
    [],
    /^bad\.csv: no kind of identifier .*; the columns here are: name, plan → .*--id COLUMN/,
  ],
  [
    "another identifier column",
    "email,plan\na@x.com,pro\n",
    ["--id", "user"],
    /^good\.csv: there is no column “user” for --id; there are: email, plan/,
  ],
])("%s: nothing is read, nothing written", (_, content, options, said) => {
  put("bad.csv", content);
  const ended = both(["good.csv", "bad.csv", ...options, "--json", "--html", "page.html", "--out", "out"]);
  expect(ended).toMatchObject({ code: 1, out: "", err: expect.stringMatching(said) });
  expect(readdirSync(join(folder, "out"))).toEqual([]);
  expect(existsSync(join(folder, "page.html"))).toBe(false);
});

test("a file that may not be read", () => {
  put("bad.csv", "email\nann@x.com\n");
  chmodSync(join(folder, "bad.csv"), 0);
  // the owner of a machine may read everything
  const ended = both(["good.csv", "bad.csv"], { nobody: process.getuid?.() === 0 });
  expect(ended).toMatchObject({
    code: 1,
    out: "",
    err: expect.stringMatching(/^bad\.csv: the file may not be read →/),
  });
});

test("fields of nearly 10 MB are values like others", () => {
  for (const [name, value] of [
    ["one.csv", "x"],
    ["two.csv", "y"],
  ] as const) {
    put(
      name,
      `email,plan\na@x.com,"${`${value.repeat(98)}\n`.repeat(98_000)}"\nb@x.com,${"z".repeat(9_900_000)}\n`,
    );
  }
  const { code, out } = both(["one.csv", "two.csv", "--attributes", "plan", "--json"]);
  expect(code).toBe(2);
  expect(JSON.parse(out).files[1].attributes[0]).toMatchObject({ compared: 2, equal: 1, differ: 1 });
});

test("a file given twice is the same as itself", () => {
  expect(JSON.parse(both(["good.csv", "./good.csv", "--json"]).out)).toMatchObject({
    verdict: "same",
    files: [{ people: 2 }, { people: 2 }],
  });
});

test.each([0, 1])("a file that grows while it is read (program %i)", async (which) => {
  put("bad.csv", `email,plan\n${rows(400_000)}`);
  const child = spawn(
    process.execPath,
    [
      join(programs()[which] ?? "", "dist/app/cli/main.js"),
      "compare",
      "good.csv",
      "bad.csv",
      "--json",
      "--out",
      "out",
    ],
    { cwd: folder },
  );
  const grow = setInterval(() => appendFileSync(join(folder, "bad.csv"), "late@x.com,pro\n"), 2);
  let err = "";
  child.stderr.on("data", (d) => (err += d));
  child.stdout.resume();
  const code = await new Promise((done) => child.on("close", done));
  clearInterval(grow);
  expect({ code, err }).toEqual({
    code: 3,
    err: expect.stringMatching(
      /^Nothing could be compared.*\nbad\.csv: the file changed while it was read → /,
    ),
  });
  expect(readdirSync(join(folder, "out"))).toEqual([]);
});

describe("a disk that is full", () => {
  /** Files end at 32 kB; the signal that comes with it would end the program before it can say so. */
  const shell = "trap '' XFSZ; ulimit -f 64";

  test.each([0, 1])("while people are written: what stood there stays whole (program %i)", (which) => {
    put("many.csv", `email,plan\n${rows(4000)}`);
    mkdirSync(join(folder, "out"));
    for (const kind of ["missing", "extra", "mismatched", "duplicates", "unusable"])
      put(`out/${kind}.csv`, "of an earlier run\n");
    const argv = ["good.csv", "many.csv", "--out", "out", "--html", "page.html"];
    const ended = compareIn(programs()[which] ?? "", folder, argv, { shell });
    expect(ended).toMatchObject({ code: 1, out: "" });
    // The reference's own files may be the first that do not fit.
    expect(ended.err).toMatch(/^(out\/extra\.csv|temporary files): the disk is full \(EFBIG\) → make room/);
    expect(
      readdirSync(join(folder, "out")).map((name) => readFileSync(join(folder, "out", name), "utf8")),
    ).toEqual(Array(5).fill("of an earlier run\n"));
    expect(existsSync(join(folder, "page.html"))).toBe(false);
  });

  test("while the page is written", () => {
    put("page.html", "of an earlier run");
    // The reference would fill the disk before the page does.
    const ended = compareIn(BUILT, folder, ["good.csv", "good.csv", "--html", "page.html"], {
      shell: "trap '' XFSZ; ulimit -f 1",
    });
    expect(ended).toMatchObject({ code: 1, out: "" });
    expect(ended.err).toMatch(/^page\.html: the page cannot be written \(EFBIG\) →/);
    expect(readFileSync(join(folder, "page.html"), "utf8")).toBe("of an earlier run");
    expect(readdirSync(folder)).toEqual(["good.csv", "page.html"]);
  });

  test.each([0, 1])("while rows wait that do not fit in memory (program %i)", (which) => {
    put("many.csv", `email,plan\n${rows(400_000)}`);
    const argv = ["many.csv", "many.csv", "--attributes", "plan", "--json"];
    const run = (...more: string[]): Ended => compareIn(programs()[which] ?? "", folder, [...argv, ...more]);
    expect(run("--memory", "1MB")).toEqual(run());
    const ended = compareIn(programs()[which] ?? "", folder, [...argv, "--memory", "1MB", "--out", "out"], {
      shell,
    });
    expect(ended).toMatchObject({ code: 1, out: "" });
    expect(ended.err).toMatch(/^temporary files: .*\(EFBIG\) → .*TMPDIR/);
    expect(readdirSync(join(folder, "out"))).toEqual([]);
  });

  test("no temporary folder", () => {
    const ended = both(["good.csv", "good.csv"], { env: { TMPDIR: join(folder, "none") } });
    expect(ended).toMatchObject({ code: 1, out: "" });
    expect(ended.err).toMatch(/^temporary files: cannot be written \(ENOENT\) → .*TMPDIR/);
  });
});
