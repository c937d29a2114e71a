import { Ajv2020 } from "ajv/dist/2020.js";
import type { Config } from "../core/config.ts";
import { CHECK_NAMES } from "../core/finding.ts";
import { buildConfig } from "./build.ts";
import { type Found, type Path, readDocument, type SourceDocument } from "./document.ts";
import type { ConfigProblem, Place } from "./problem.ts";
import { checkReferences, type Report } from "./references.ts";
import { checkAudiences } from "./references-audiences.ts";
import { checkRest } from "./references-rest.ts";
import { namesIn, salvage } from "./salvage.ts";
import { ConfigFile } from "./schema.ts";
import { meant } from "./suggest.ts";
import { inWords } from "./words.ts";

const MAX_PROBLEMS = 200;

/** Name → default settings of all checks (`enabled` goes without saying), so that typos in `checks:` are found; given by `app/`. */
export type KnownChecks = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export type Loaded = {
  readonly config: Config;
  /** Where each secret reference stands first, `file:line:col`; see `resolveSecret`. */
  readonly places: ReadonlyMap<string, string>;
  /** Name of the file in messages. */
  readonly file: string;
  /** Line and column of a value in the file, for problems that only show later. */
  placeOf(path: Path): Place;
};
export type LoadResult =
  | ({ readonly ok: true } & Loaded)
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

const validator = new Ajv2020({ allErrors: true, strict: false, discriminator: true, verbose: true });
const fits = validator.compile<ConfigFile>(ConfigFile);

/**
 * One YAML text → the configuration, or everything that is wrong with it, in the order of the file.
 * Pure: reads no file, resolves no secret.
 *
 * @param file name for messages
 * @example loadConfig("company: Meadow\n", { file: "plumbline.yaml" })
 */
export function loadConfig(text: string, options: { file: string; checks?: KnownChecks }): LoadResult {
  const { file } = options;
  const failed = (found: readonly Found[]): LoadResult => ({ ok: false, problems: inOrder(found, file) });
  const read = readDocument(text);
  if ("problems" in read) return failed(read.problems);
  const source = read.document;
  const found: Found[] = [];
  if (!fits(source.value))
    found.push(...(fits.errors ?? []).map((error) => inWords(error, source)).filter((f) => f !== null));
  const names = namesIn(source.value);
  const { file: written, original, altered } = salvage(source.value, fits);
  const report: Report = (path, problem, fix, lackedBy) => {
    if (lackedBy === undefined || !altered(lackedBy))
      found.push({ ...source.placeOf(original(path)), problem, fix });
  };
  checkReferences(written, names, report);
  checkAudiences(written, names, report);
  checkRest(written, report);
  checkSettings(written, options.checks ?? null, source, found);
  if (found.length > 0) return failed(found);
  if (!fits(source.value))
    return failed([
      {
        line: 1,
        column: 1,
        problem: "the file does not fit the schema",
        fix: "see config/plumbline.schema.json",
      },
    ]);
  return {
    ok: true,
    config: buildConfig(source.value),
    places: secretPlaces(source, file),
    file,
    placeOf: source.placeOf,
  };
}

function checkSettings(
  file: ConfigFile,
  known: KnownChecks | null,
  source: SourceDocument,
  found: Found[],
): void {
  for (const [name, settings] of Object.entries(file.checks ?? {})) {
    if (!CHECK_NAMES.some((check) => check === name)) {
      const place = source.placeOfKey(["checks", name]);
      found.push({ ...place, problem: `unknown check “${name}”`, fix: meant(name, CHECK_NAMES) });
      continue;
    }
    if (known === null) continue;
    const defaults: Readonly<Record<string, unknown>> = { enabled: true, ...known[name] };
    for (const [setting, value] of Object.entries(settings)) {
      const path = ["checks", name, setting];
      const wanted = Object.hasOwn(defaults, setting) ? typeof defaults[setting] : null;
      if (wanted === null) {
        const problem = `check ${name} has no setting “${setting}”`;
        found.push({ ...source.placeOfKey(path), problem, fix: meant(setting, Object.keys(defaults)) });
      } else if (wanted !== typeof value) {
        const fix = wanted === "boolean" ? "write true or false" : "write a number";
        found.push({ ...source.placeOf(path), problem: `${name}.${setting} is ${value}`, fix });
      }
    }
  }
}

function secretPlaces(source: SourceDocument, file: string): ReadonlyMap<string, string> {
  const places = new Map<string, string>();
  const todo: { value: unknown; path: Path }[] = [{ value: source.value, path: [] }];
  for (const { value, path } of todo) {
    if (typeof value === "string") {
      if (!/^\$\{(env|file):/.test(value) || places.has(value)) continue;
      const { line, column } = source.placeOf(path);
      places.set(value, `${file}:${line}:${column}`);
    } else if (Array.isArray(value)) {
      todo.push(...value.map((item, i) => ({ value: item as unknown, path: [...path, i] })));
    } else if (typeof value === "object" && value !== null) {
      todo.push(
        ...Object.entries(value).map(([key, item]) => ({ value: item as unknown, path: [...path, key] })),
      );
    }
  }
  return places;
}

/** In the order of the file, each once, and no more than a person reads. */
function inOrder(found: readonly Found[], file: string): readonly ConfigProblem[] {
  const seen = new Set<string>();
  const problems: ConfigProblem[] = [];
  for (const f of found.toSorted((a, b) => a.line - b.line || a.column - b.column)) {
    const key = `${f.line}:${f.column} ${f.problem}`;
    if (seen.has(key)) continue;
    seen.add(key);
    problems.push({ file, line: f.line, column: f.column, problem: f.problem, fix: f.fix });
  }
  if (problems.length <= MAX_PROBLEMS) return problems;
  const last = problems[MAX_PROBLEMS - 1];
  return [
    ...problems.slice(0, MAX_PROBLEMS),
    {
      file,
      line: last?.line ?? 1,
      column: last?.column ?? 1,
      problem: `and ${problems.length - MAX_PROBLEMS} more problems`,
      fix: "fix these first",
    },
  ];
}
