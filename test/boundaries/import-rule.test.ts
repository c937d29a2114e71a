import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cycles, MAY_IMPORT, violations } from "./import-rule.ts";
import { readSource, sourcesIn } from "./source.ts";

const root = join(import.meta.dirname, "../..");
const manifest: { dependencies: object; optionalDependencies: object; devDependencies: object } = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8"),
);
const packages = {
  production: new Set([...Object.keys(manifest.dependencies), ...Object.keys(manifest.optionalDependencies)]),
  development: new Set(Object.keys(manifest.devDependencies)),
};
const folders = Object.keys(MAY_IMPORT);

describe("this repository", () => {
  const sources = sourcesIn(root, folders);

  test("is really looked at", () => {
    expect(sources.length).toBeGreaterThan(100);
    for (const folder of folders)
      expect(
        sources.some((s) => s.path.startsWith(`${folder}/`)),
        folder,
      ).toBe(true);
    expect(sources.flatMap((s) => s.imports).length).toBeGreaterThan(300);
  });

  test("imports go one way", () => {
    expect(violations(sources, packages).map((v) => `${v.path}:${v.line} ${v.because}`)).toEqual([]);
  });

  test("no file imports itself in a circle", () => {
    expect(cycles(sources).map((circle) => circle.join(" → "))).toEqual([]);
  });
});

describe("the rule can fail", () => {
  let planted = "";
  beforeAll(() => {
    planted = mkdtempSync(join(tmpdir(), "plumbline-boundaries-"));
  });
  afterAll(() => rmSync(planted, { recursive: true }));

  const broken = (path: string, text: string): string[] => {
    const file = join(planted, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    const found = violations(sourcesIn(planted, [path.split("/")[0] ?? ""]), packages);
    rmSync(file);
    return found.map((v) => `${v.path}:${v.line} ${v.because}`);
  };

  test.each([
    [
      "core/a.ts",
      'import { x } from "../config/b.ts";',
      "core/a.ts:1 core/ may not import config/ (config/b.ts)",
    ],
    [
      "checks/a.ts",
      '\nimport { x } from "../store/b.ts";',
      "checks/a.ts:2 checks/ may not import store/ (store/b.ts)",
    ],
    [
      "checks/a.ts",
      'import type { X } from "../store/b.ts";',
      "checks/a.ts:1 checks/ may not import store/ (store/b.ts)",
    ],
    [
      "checks/a.ts",
      'export const x: import("../store/b.ts").X = 1;',
      "checks/a.ts:1 checks/ may not import store/ (store/b.ts)",
    ],
    [
      "checks/a.ts",
      'const x = await import("../store/b.ts");',
      "checks/a.ts:1 checks/ may not import store/ (store/b.ts)",
    ],
    [
      "checks/a.ts",
      'export * from "../store/b.ts";',
      "checks/a.ts:1 checks/ may not import store/ (store/b.ts)",
    ],
    [
      "checks/a.ts",
      'import { readFile } from "node:fs/promises";',
      "checks/a.ts:1 checks/ does no IO: node:fs/promises",
    ],
    ["checks/a.ts", 'import http from "http";', "checks/a.ts:1 checks/ does no IO: http"],
    ["checks/a.ts", 'import pg from "pg";', "checks/a.ts:1 checks/ does no IO: pg"],
    [
      "checks/a.ts",
      "export const now = Date.now();",
      "checks/a.ts:1 Date.now() hides an input: take a Clock or a random source as an argument",
    ],
    [
      "members/a.ts",
      "export const now = new Date();",
      "members/a.ts:1 new Date() hides an input: take a Clock or a random source as an argument",
    ],
    [
      "sync/a.ts",
      "export const x = Math.random();",
      "sync/a.ts:1 Math.random() hides an input: take a Clock or a random source as an argument",
    ],
    [
      "collectors/a.ts",
      'import { x } from "../sync/b.ts";',
      "collectors/a.ts:1 collectors/ may not import sync/ (sync/b.ts)",
    ],
    [
      "alerts/slack/a.ts",
      'import { x } from "../../members/b.ts";',
      "alerts/slack/a.ts:1 alerts/ may not import members/ (members/b.ts)",
    ],
    [
      "demo/a.ts",
      'import { x } from "../systems/b.ts";',
      "demo/a.ts:1 demo/ may not import systems/ (systems/b.ts)",
    ],
    ["app/a.ts", 'import { x } from "../demo/b.ts";', "app/a.ts:1 app/ may not import demo/ (demo/b.ts)"],
    ["store/a.ts", 'import { x } from "../app/b.ts";', "store/a.ts:1 store/ may not import app/ (app/b.ts)"],
    [
      "dashboard/a.tsx",
      'import { x } from "../app/api/contract.ts"; export const y = <p>x</p>;',
      "dashboard/a.tsx:1 dashboard/ may import app/api/contract.ts only with import type",
    ],
    [
      "dashboard/a.ts",
      'import type { X } from "../core/model.ts";',
      "dashboard/a.ts:1 dashboard/ may import only types from app/api/contract.ts, not core/model.ts",
    ],
    [
      "store/a.ts",
      'import fc from "fast-check";',
      "store/a.ts:1 fast-check is a development dependency, missing in an installed build",
    ],
    ["store/a.ts", 'import _ from "lodash";', "store/a.ts:1 lodash is not in package.json"],
    [
      "store/a.ts",
      "const x = await import(process.env.X);",
      "store/a.ts:1 a computed import cannot be checked",
    ],
  ])("%s: %s", (path, text, expected) => expect(broken(path, text)).toEqual([expected]));

  test.each([
    [
      "dashboard/a.ts",
      'import type { X } from "../app/api/contract.ts"; import { type Y } from "../app/api/contract.ts";',
    ],
    ["checks/a.ts", 'import { popcount } from "../members/face.ts"; export const at = new Date(0);'],
    ["checks/a.test.ts", 'import { x } from "../store/b.ts"; Date.now();'],
    ["app/a.ts", "export const now = new Date();"],
    ["checks/a.ts", '// import { x } from "../store/b.ts"\nexport const text = `import "../store/b.ts"`;'],
  ])("%s may: %s", (path, text) => expect(broken(path, text)).toEqual([]));

  test("a circle is found; one of types only is none", () => {
    const a = readSource("core/a.ts", 'import { b } from "./b.ts";');
    expect(cycles([a, readSource("core/b.ts", 'export { a } from "./a.ts";')])).toEqual([
      ["core/a.ts", "core/b.ts", "core/a.ts"],
    ]);
    expect(cycles([a, readSource("core/b.ts", 'import type { A } from "./a.ts";')])).toEqual([]);
  });
});
