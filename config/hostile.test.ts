import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AuditorError } from "../core/errors.ts";
import { loadConfig } from "./load.ts";
import { formatProblem } from "./problem.ts";
import { readConfig, requireConfig } from "./read.ts";

const said = (text: string): string[] => {
  const result = loadConfig(text, { file: "p.yaml" });
  return result.ok ? [] : result.problems.map(formatProblem);
};

describe("YAML that is no configuration", () => {
  test.each([
    ["empty", "", "p.yaml:1:1 the file is empty → start with `plumbline init`"],
    ["only a comment", "# nothing\n", "p.yaml:1:1 the file is empty → start with `plumbline init`"],
    [
      "tab",
      "company: A\nserver:\n\tport: 1\n",
      "p.yaml:3:1 a tab is used for indentation → indent with spaces",
    ],
    [
      "duplicate key",
      "company: A\ncompany: B\n",
      "p.yaml:2:1 the same key stands twice in one block → keep one of the two",
    ],
    [
      "open quote",
      'company: "A\n',
      "p.yaml:2:1 a closing quote or bracket is missing → close what was opened before this place",
    ],
    [
      "open bracket",
      "systems: [1, 2\n",
      "p.yaml:2:1 a closing quote or bracket is missing → close what was opened before this place",
    ],
    [
      "two documents",
      "company: A\n---\ncompany: B\n",
      "p.yaml:2:1 the file holds more than one YAML document → keep one and remove the --- line",
    ],
    ["tag", "company: !!js/function A\n", "p.yaml:1:10 YAML tags (!…) are not supported → remove the tag"],
    [
      "__proto__",
      "__proto__: { company: A }\n",
      "p.yaml:1:1 the key __proto__ is not allowed → choose another name",
    ],
    [
      "__proto__ among attributes",
      "systems:\n  - attributes: { __proto__: x }\n",
      "p.yaml:2:19 the key __proto__ is not allowed → choose another name",
    ],
    [
      "constructor",
      "checks:\n  constructor: {}\n",
      "p.yaml:2:3 the key constructor is not allowed → choose another name",
    ],
    ["number as key", "dictionary: { 1: x }\n", "p.yaml:1:15 a key is not text → put the key in quotes"],
    [
      "bidi override",
      "company: a\u202eb\n",
      "p.yaml:1:10 the text holds an invisible or control character → type it anew",
    ],
    [
      "NUL",
      'company: "a\\0b"\n',
      "p.yaml:1:10 the text holds an invisible or control character → type it anew",
    ],
    [
      "unknown alias",
      "company: *nobody\n",
      "p.yaml:1:10 the alias *nobody has no anchor above it → write &nobody before the value it stands for",
    ],
  ])("%s", (_name, text, expected) => {
    expect(said(text)).toContain(expected);
    expect(({} as Record<string, unknown>).company).toBeUndefined();
  });

  test("alias bomb: refused at once", () => {
    const bomb = ["a: &a [x, x, x, x, x, x, x, x, x, x]"];
    for (let i = 1; i < 10; i++) {
      const name = (n: number) => String.fromCharCode(97 + n);
      bomb.push(
        `${name(i)}: &${name(i)} [${Array(10)
          .fill(`*${name(i - 1)}`)
          .join(", ")}]`,
      );
    }
    const started = performance.now();
    expect(said(bomb.join("\n")).at(-1)).toContain("aliases, written out");
    expect(performance.now() - started).toBeLessThan(1000);
  });

  test("an alias that contains itself", () =>
    expect(said("dictionary: &a { x: *a }\n").join()).toMatch(/nested too deeply|aliases/));

  // In a process of its own the unguarded parser does not throw here: V8 runs out of stack and kills the process.
  test.each([
    ["brackets", `company: ${"[".repeat(200_000)}`],
    ["braces", `company: ${"{a: ".repeat(5000)}`],
    ["lines", `${"[\n".repeat(5000)}`],
    ["dashes", "- ".repeat(50_000)],
    ["questions", "? ".repeat(50_000)],
    ["indentation", Array.from({ length: 1200 }, (_, i) => `${" ".repeat(i)}a:`).join("\n")],
    ["31 levels", `company: ${"[".repeat(31)}${"]".repeat(31)}`],
  ])("deep nesting: %s", (_name, text) =>
    expect(said(text)).toEqual([expect.stringMatching(/nested too deeply → use at most 30 levels$/)]),
  );
});

describe("files", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "plumbline-config-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const saidOf = async (content: string | Buffer): Promise<string[]> => {
    await writeFile(join(folder, "p.yaml"), content);
    const result = await readConfig(join(folder, "p.yaml"));
    return result.ok ? [] : result.problems.map(formatProblem);
  };

  test("10 MB", async () => {
    expect(await saidOf(Buffer.alloc(10 * 1024 * 1024, "a"))).toEqual([
      "p.yaml:1:1 the file is 10.0 MB; at most 1 MB is read → is this the right file?",
    ]);
  });

  test("Latin-1: names the place", async () => {
    expect(await saidOf(Buffer.from("company: A\ntimezone: M\u00fcnchen\n", "latin1"))).toEqual([
      "p.yaml:2:12 the file is not UTF-8 here → save it as UTF-8",
    ]);
  });

  test("UTF-16", async () => {
    expect(await saidOf(Buffer.from("\ufeffcompany: A\n", "utf16le"))).toEqual([
      "p.yaml:1:1 the file is UTF-16 → save it as UTF-8",
    ]);
  });

  test("UTF-8 with a byte order mark and Windows line ends is fine", async () => {
    expect(await saidOf("\ufeffcompany: A\r\nsystms: []\r\n")).toContain(
      "p.yaml:2:1 unknown key “systms” in the file → did you mean “systems”?",
    );
  });

  test("missing, or a folder", async () => {
    const missing = await readConfig(join(folder, "no.yaml"));
    expect(missing).toMatchObject({
      ok: false,
      problems: [{ problem: expect.stringContaining("no such file") }],
    });
    expect(await readConfig(folder)).toMatchObject({
      ok: false,
      problems: [{ problem: expect.stringContaining("is a folder") }],
    });
  });

  test("requireConfig throws one config error with every problem", async () => {
    await writeFile(join(folder, "p.yaml"), "compny: A\n");
    const error = await requireConfig(join(folder, "p.yaml")).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(AuditorError);
    expect(error).toMatchObject({ kind: "config" });
    expect(String(error)).toContain("p.yaml:1:1 unknown key “compny”");
    expect(String(error)).toContain("the file lacks “systems”");
  });
});
