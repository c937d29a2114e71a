import { spawn } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "csv-parse/sync";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { outputSchema } from "../../app/cli/commands.ts";
import { runCli } from "../../app/cli/run.ts";
import type { CompareReport } from "../../app/compare/report.ts";
import { memoryIo } from "../memory-io.ts";

let folder = "";
/** Of this test alone: other tests compare as well, at the same time. */
let temporary = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-compare-test-"));
  temporary = mkdtempSync(join(tmpdir(), "plumbline-compare-test-"));
  vi.stubEnv("TMPDIR", temporary);
});
afterEach(() => {
  vi.unstubAllEnvs();
  for (const made of [folder, temporary]) rmSync(made, { recursive: true });
});

const put = (name: string, content: string | Buffer): void => writeFileSync(join(folder, name), content);
const out = (name: string): Record<string, string>[] =>
  parse(readFileSync(join(folder, "out", `${name}.csv`)), { columns: true });
const leftovers = (): string[] => readdirSync(temporary);

async function compare(...argv: string[]) {
  const io = memoryIo(folder);
  const code = await runCli(["compare", ...argv], io);
  return { code, out: io.out(), err: io.err(), json: (): CompareReport => JSON.parse(io.out()) };
}

describe("what is found", () => {
  beforeEach(() => {
    put(
      "warehouse.csv",
      "email,plan,region\nann@x.com,pro,eu\nben@x.com,free,us\ncia@x.com,pro,\ndan@x.com,pro,eu\n",
    );
    put(
      "klaviyo.csv.gz",
      gzipSync(
        "Region;E-Mail;Plan\neu; ANN@x.com ;pro\nus;ben@x.com;pro\nus;Ben@x.com;free\n;cia@x.com;\neu;eve@x.com;pro\neu;nobody;pro\n",
      ),
    );
  });

  test("counts, as the published schema has them", async () => {
    const { code, json, err } = await compare(
      "warehouse.csv",
      "klaviyo.csv.gz",
      "--attributes",
      "plan,region",
      "--json",
    );
    expect({ code, err }).toEqual({ code: 2, err: "" });
    expect(json()).toMatchObject({
      verdict: "different",
      identity: "email",
      owner: "warehouse.csv",
      files: [
        {
          file: "warehouse.csv",
          owner: true,
          idColumn: "email",
          rows: 4,
          people: 4,
          missing: 0,
          extra: 0,
          attributes: [],
        },
        {
          file: "klaviyo.csv.gz",
          owner: false,
          coverage: "complete",
          cantTell: null,
          idColumn: "E-Mail",
          rows: 6,
          people: 4,
          duplicates: 1,
          duplicatesBySpelling: 1,
          unusable: 1,
          missing: 1,
          extra: 1,
          attributes: [
            {
              name: "plan",
              column: "Plan",
              compared: 3,
              equal: 1,
              differ: 1,
              emptyHere: 1,
              emptyAtOwner: 0,
              emptyInBoth: 0,
            },
            {
              name: "region",
              column: "Region",
              compared: 3,
              equal: 2,
              differ: 0,
              emptyHere: 0,
              emptyAtOwner: 0,
              emptyInBoth: 1,
            },
          ],
        },
      ],
      overlap: [
        { files: ["warehouse.csv", "klaviyo.csv.gz"], people: 3 },
        { files: ["warehouse.csv"], people: 1 },
        { files: ["klaviyo.csv.gz"], people: 1 },
      ],
    });
    const schema = await outputSchema("compare");
    expect(new Ajv2020().validate(schema ?? {}, json())).toBe(true);
  });

  test("the people behind the counts, for the person who asked only", async () => {
    const { err } = await compare(
      "warehouse.csv",
      "klaviyo.csv.gz",
      "--attributes",
      "plan,region",
      "--out",
      "out",
    );
    expect(err).toContain(
      "Named people, keep them safe: out: missing.csv, extra.csv, mismatched.csv, duplicates.csv, unusable.csv",
    );
    const file = "klaviyo.csv.gz";
    expect(out("missing")).toEqual([{ file, email: "dan@x.com", plan: "pro", region: "eu" }]);
    expect(out("extra")).toEqual([{ file, email: "eve@x.com", plan: "pro", region: "eu" }]);
    expect(out("mismatched").toSorted((a, b) => (a.email ?? "").localeCompare(b.email ?? ""))).toEqual([
      { file, email: "ben@x.com", attribute: "plan", value_in_owner: "free", value_in_file: "pro" },
      { file, email: "cia@x.com", attribute: "plan", value_in_owner: "pro", value_in_file: "" },
    ]);
    expect(out("duplicates")).toEqual([
      { file, row: "3", email: "ben@x.com", plan: "pro", region: "us" },
      { file, row: "4", email: "Ben@x.com", plan: "free", region: "us" },
    ]);
    expect(out("unusable")).toEqual([{ file, row: "7", email: "nobody" }]);
    for (const name of readdirSync(join(folder, "out")))
      expect(statSync(join(folder, "out", name)).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, "out")).mode & 0o777).toBe(0o700);

    // The next run leaves nobody behind who is not missing any more.
    await compare("warehouse.csv", "warehouse.csv", "--out", "out");
    expect(out("missing")).toEqual([]);
    expect(leftovers()).toEqual([]);
  });

  test("another owner turns missing and extra round", async () => {
    const { json } = await compare("warehouse.csv", "klaviyo.csv.gz", "--owner", "klaviyo.csv.gz", "--json");
    expect(json().files.map((f) => [f.owner, f.missing, f.extra])).toEqual([
      [false, 1, 1],
      [true, 0, 0],
    ]);
    expect(json().owner).toBe("klaviyo.csv.gz");
  });
});

describe("verdicts and exit codes", () => {
  const list = "email,plan\nann@x.com,pro\nben@x.com,free\n";

  test.each<[string, Record<string, string>, string[], number, string]>([
    [
      "the same file twice",
      { "a.csv": list },
      ["a.csv", "a.csv", "--attributes", "plan"],
      0,
      "✓ The same 2 people in both files, with the same plan.",
    ],
    [
      "other order, case and duplicates",
      { "a.csv": list, "b.csv": `plan,Email\nfree,BEN@x.com\npro,ann@x.com\npro,ann@x.com\n` },
      ["a.csv", "b.csv"],
      0,
      "1 duplicate",
    ],
    [
      "one attribute",
      { "a.csv": list, "b.csv": list.replace("pro", "Pro") },
      ["a.csv", "b.csv", "--attributes", "plan"],
      2,
      "The same people, but not the same data. plan differs for 1 person in b.csv.",
    ],
    [
      "a header only",
      { "a.csv": list, "b.csv": "email,plan\n" },
      ["a.csv", "b.csv"],
      2,
      "b.csv lacks 2 people",
    ],
    [
      "nobody anywhere",
      { "a.csv": "email\n", "b.csv": "email\n" },
      ["a.csv", "b.csv"],
      7,
      "Can’t tell: there is nobody in any file.",
    ],
    [
      "no usable identifier",
      { "a.csv": list, "b.csv": "email\nx\ny\n" },
      ["a.csv", "b.csv"],
      7,
      "no row has a usable e-mail address in the column “email”",
    ],
    [
      "malformed",
      { "a.csv": list, "b.csv": `${list}"cia@x.com,pro\n` },
      ["a.csv", "b.csv"],
      3,
      "b.csv:4: a quote is opened and never closed",
    ],
    [
      "the owner malformed",
      { "a.csv": `${list}cia@x.com\n`, "b.csv": list },
      ["a.csv", "b.csv"],
      3,
      "a.csv:4: 1 fields where the header has 2",
    ],
    [
      "one of three malformed, the others the same",
      { "a.csv": list, "b.csv": list, "c.csv": "" },
      ["a.csv", "b.csv", "c.csv"],
      3,
      "The others hold the same people.",
    ],
    [
      "one of three malformed, the others different",
      { "a.csv": list, "b.csv": "email\nann@x.com\n", "c.csv": "" },
      ["a.csv", "b.csv", "c.csv"],
      2,
      "Can’t tell for c.csv.",
    ],
    [
      "cut in its last value",
      { "a.csv": list, "b.csv": list.slice(0, -2) },
      ["a.csv", "b.csv"],
      0,
      "the last line has no line break",
    ],
  ])("%s", async (_, files, argv, code, said) => {
    for (const [name, text] of Object.entries(files)) put(name, text);
    const result = await compare(...argv);
    expect(result.out.replace(/\s+/g, " ")).toContain(said);
    expect(result.code).toBe(code);
    expect(leftovers()).toEqual([]);
  });

  test("a cut gzip is never compared, and its people are not extra", async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => `p${i}@x.com,${(i * 7919) % 1013}\n`).join("");
    put("a.csv", list);
    put("b.csv.gz", gzipSync(`email,plan\n${rows}`).subarray(0, -3000));
    const { code, json, err } = await compare("a.csv", "b.csv.gz", "--json");
    expect(code).toBe(3);
    expect(json()).toMatchObject({
      verdict: "cant_tell",
      overlap: [],
      files: [{}, { coverage: "partial", people: null, missing: null, extra: null }],
    });
    expect(err).toContain("b.csv.gz: the gzip file is cut off");
  });

  test.each<[string, string[], string]>([
    ["one file", ["a.csv"], "name two or more"],
    ["no file", [], "missing required argument"],
    [
      "an owner that is none of them",
      ["a.csv", "a.csv", "--owner", "b.csv"],
      "--owner b.csv is none of the files → use one of: a.csv, a.csv (2)",
    ],
    ["too many", Array.from({ length: 31 }, () => "a.csv"), "at most 30"],
    ["a mistyped option", ["a.csv", "a.csv", "--atributes", "x"], "Did you mean --attributes?"],
  ])("usage: %s", async (_, argv, said) => {
    put("a.csv", list);
    const result = await compare(...argv);
    expect(result.code).toBe(64);
    expect(result.err).toContain(said);
    expect(result.out).toBe("");
  });

  test.each<[string, string[], string]>([
    ["a file that is not there", ["a.csv", "no.csv"], "no.csv: there is no such file"],
    [
      "an unknown attribute",
      ["a.csv", "a.csv", "--attributes", "plna"],
      "there is no column “plna” for --attributes; there are: email, plan → did you mean “plan”?",
    ],
    [
      "a page over an input",
      ["a.csv", "a.csv", "--html", "link.csv"],
      "link.csv: is one of the files to compare",
    ],
    [
      "people over an input",
      ["a.csv", "missing.csv", "--out", "."],
      "missing.csv there is one of the files to compare",
    ],
    ["a folder that is a file", ["a.csv", "a.csv", "--out", "a.csv"], "a.csv: the folder cannot be made"],
  ])("error: %s", async (_, argv, said) => {
    put("a.csv", list);
    put("missing.csv", list);
    symlinkSync(join(folder, "a.csv"), join(folder, "link.csv"));
    const result = await compare(...argv);
    expect(result.err).toContain(said);
    expect(result.code).toBe(1);
    expect(readFileSync(join(folder, "a.csv"), "utf8")).toBe(list);
    expect(readFileSync(join(folder, "missing.csv"), "utf8")).toBe(list);
  });

  test("thirty files at once", async () => {
    for (let i = 0; i < 30; i++) put(`${i}.csv`, `email\nall@x.com\nonly${i}@x.com\n`);
    const { code, json } = await compare(...Array.from({ length: 30 }, (_, i) => `${i}.csv`), "--json");
    expect(code).toBe(2);
    expect(json().overlap).toHaveLength(31);
    expect(json().overlap[0]).toMatchObject({ people: 1, files: { length: 30 } });
    expect(json().files[29]).toMatchObject({ missing: 1, extra: 1 });
  });
});

test("names and values that want to be code are text, and the names of people stay where they were asked for", async () => {
  const attribute = "__proto__";
  put(
    "a.csv",
    `email,${attribute},=cmd\ncanary.one@x.com,<script>alert(1)</script>,=1+1\ncanary.two@x.com,b,@x\n`,
  );
  put(
    "=x\u202e<img src=x onerror=alert(1)>.csv",
    `email,${attribute},=cmd\ncanary.one@x.com,a,=1+2\ncanary.three@x.com,b,'=1\ncanary.bad,b,c\n`,
  );
  const argv = ["a.csv", "=x\u202e<img src=x onerror=alert(1)>.csv", "--attributes", `${attribute},cmd==cmd`];
  const text = await compare(...argv, "--html", "r.html", "--out", "out");
  const json = await compare(...argv, "--json");
  expect([text.code, json.code]).toEqual([2, 2]);
  expect(json.json().files[1]?.attributes.map((a) => [a.name, a.differ])).toEqual([
    [attribute, 1],
    ["cmd", 1],
  ]);
  const html = readFileSync(join(folder, "r.html"), "utf8");
  for (const shown of [html, text.out, text.err, json.out, json.err]) {
    expect(shown).not.toMatch(/canary|alert\(1\)<|\u202e/);
  }
  expect(html).not.toMatch(/<script|<img|https?:\/\//);
  expect(out("extra")).toEqual([
    {
      file: "'=x�<img src=x onerror=alert(1)>.csv",
      email: "canary.three@x.com",
      [attribute]: "b",
      cmd: "''=1",
    },
  ]);
  expect(
    out("mismatched")
      .map((r) => r.value_in_file)
      .sort(),
  ).toEqual(["'=1+2", "a"]);
});

test("a broken line quotes nobody", async () => {
  put("a.csv", "email,plan\ncanary.one@x.com,pro\n");
  put("b.csv", 'email,plan\ncanary.two@x.com,"pro\ncanary.three@x.com,free\n');
  const { code, out: said, err } = await compare("a.csv", "b.csv", "--html", "r.html");
  expect(code).toBe(3);
  expect(said + err + readFileSync(join(folder, "r.html"), "utf8")).not.toContain("canary");
});

test("200,000 rows in three files give what Maps give", async () => {
  const maps = new Map<string, Map<string, string>>();
  const rowsOf = new Map<string, number>();
  for (const [s, name] of ["a.csv", "b.csv", "c.csv"].entries()) {
    const map = new Map<string, string>();
    let text = "email,plan\n";
    const rows = s === 0 ? 120_000 : 40_000;
    rowsOf.set(name, rows);
    for (let i = 0; i < rows; i++) {
      const place = i % 53 === 1 ? i - 1 : i;
      const person =
        place % 97 === 0
          ? 300_000 + place * 3 + s
          : ((place + s * 25_000 + (s === 0 ? 0 : 60_000)) * 7919) % 150_000;
      const plan = ["free", "pro", "team", ""][
        (person + (s > 0 && person % 101 === s ? 1 : 0)) % 4
      ] as string;
      const email = `person${person}@example${person % 13}.com`;
      text += `${i % 5 === 0 ? email.toUpperCase() : email},${plan}\n`;
      if (!map.has(email)) map.set(email, plan);
    }
    put(name, text);
    maps.set(name, map);
  }
  const { json } = await compare("a.csv", "b.csv", "c.csv", "--attributes", "plan", "--json", "--out", "out");
  const owner = maps.get("a.csv") as Map<string, string>;
  const expectedGroups = new Map<string, number>();
  for (const person of new Set([...maps.values()].flatMap((m) => [...m.keys()]))) {
    const group = [...maps]
      .filter(([, m]) => m.has(person))
      .map(([f]) => f)
      .join();
    expectedGroups.set(group, (expectedGroups.get(group) ?? 0) + 1);
  }
  expect(new Map(json().overlap.map((g) => [g.files.join(), g.people]))).toEqual(expectedGroups);
  expect(expectedGroups.size).toBe(7);
  for (const f of json().files.slice(1)) {
    const here = maps.get(f.file) as Map<string, string>;
    const missing = [...owner.keys()].filter((p) => !here.has(p));
    const extra = [...here.keys()].filter((p) => !owner.has(p));
    const differ = [...here].filter(([p, plan]) => owner.has(p) && owner.get(p) !== plan).map(([p]) => p);
    expect([f.people, f.duplicates, f.missing, f.extra]).toEqual([
      here.size,
      (rowsOf.get(f.file) ?? 0) - here.size,
      missing.length,
      extra.length,
    ]);
    expect(
      (f.attributes[0]?.differ ?? 0) +
        (f.attributes[0]?.emptyHere ?? 0) +
        (f.attributes[0]?.emptyAtOwner ?? 0),
    ).toBe(differ.length);
    // Long lists are compared as one text: a matcher would take minutes over them.
    const named = (kind: string): string[] =>
      readFileSync(join(folder, "out", `${kind}.csv`), "utf8")
        .split("\r\n")
        .filter((line) => line.startsWith(`${f.file},`))
        .map((line) => /[^,]+@[^,]+/.exec(line)?.[0].toLowerCase() ?? "")
        .sort();
    expect(named("missing").join() === missing.sort().join()).toBe(true);
    expect(named("extra").join() === extra.sort().join()).toBe(true);
    expect(named("mismatched").join() === differ.sort().join()).toBe(true);
    const rows = named("duplicates");
    expect(rows.length - new Set(rows).size).toBe(f.duplicates);
  }
});

test("interrupted: 130, and nothing is left", async () => {
  put("a.csv", "email\nann@x.com\n");
  const stop = new AbortController();
  stop.abort();
  const io = { ...memoryIo(folder), signal: stop.signal };
  expect(await runCli(["compare", "a.csv", "a.csv", "--out", "out", "--html", "r.html"], io)).toBe(130);
  expect(leftovers()).toEqual([]);
  expect(readdirSync(join(folder, "out"))).toEqual([]);
  expect(existsSync(join(folder, "r.html"))).toBe(false);
});

test("the built command: a real process, a pipe, an exit code", async () => {
  put("a.csv", "email\nann@x.com\nben@x.com\n");
  put("b.csv", "email\nann@x.com\n");
  utimesSync(join(folder, "b.csv"), new Date("2026-11-20T05:00:00Z"), new Date("2026-11-20T05:00:00Z"));
  const main = fileURLToPath(new URL("../../dist/app/cli/main.js", import.meta.url));
  const child = spawn(process.execPath, [main, "compare", "a.csv", "b.csv", "--html", "r.html"], {
    cwd: folder,
  });
  const written = { out: "", err: "" };
  child.stdout.on("data", (d) => (written.out += d));
  child.stderr.on("data", (d) => (written.err += d));
  const code = await new Promise((done) => child.on("close", done));
  expect(code).toBe(2);
  expect(written.out).toContain("b.csv  1 person");
  expect(written.err).toBe("Page without names: r.html\n");
  expect(readFileSync(join(folder, "r.html"), "utf8")).toMatch(/\d+ days apart/);
});
