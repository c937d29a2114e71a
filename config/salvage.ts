import type { ErrorObject, ValidateFunction } from "ajv";
import type { Path } from "./document.ts";
import type { ConfigFile } from "./schema.ts";

const EMPTY = { company: "", systems: [], audiences: [] };
const MAX_ROUNDS = 50;

/** Ids as written, those of broken entries too, so that one typo is not reported again by everything that names it. */
export type Names = {
  readonly systems: readonly string[];
  readonly audiences: readonly string[];
  readonly attributes: readonly string[];
};

export type Salvaged = {
  readonly file: ConfigFile;
  /** Path in `file` → path in what was written. */
  original(path: Path): Path;
  /** Was something taken out of this block or list? Then what it lacks says nothing. */
  altered(container: object): boolean;
};

export function namesIn(written: unknown): Names {
  const names = (section: string, key: string): string[] => {
    const list = isRecord(written) ? written[section] : undefined;
    if (!Array.isArray(list)) return [];
    return list
      .map((item: unknown) => (isRecord(item) ? item[key] : undefined))
      .filter((name) => typeof name === "string");
  };
  return {
    systems: names("systems", "id"),
    audiences: names("audiences", "id"),
    attributes: names("attributes", "name"),
  };
}

/**
 * What is left of a file when everything that does not fit the schema is taken out, so that the rest can still be
 * checked and all errors are reported at once. An entry that loses a required part goes as a whole.
 */
export function salvage(written: unknown, fits: ValidateFunction<ConfigFile>): Salvaged {
  const taken: Taken = { origins: new WeakMap(), altered: new WeakSet() };
  let left = isRecord(written) ? written : {};
  for (let round = 0; round < MAX_ROUNDS && !fits({ ...EMPTY, ...left }); round++) {
    const spoilt = new Set((fits.errors ?? []).map(spoiltBy));
    const next = without(left, "", spoilt, taken);
    if (!isRecord(next)) break;
    left = next;
    // Too few entries in a section is an error of its own; what is there can be checked all the same.
    const only = (fits.errors ?? []).every(
      (e) => e.instancePath.split("/").length <= 2 && e.keyword === "minItems",
    );
    if (only) break;
  }
  const candidate: unknown = { ...EMPTY, ...left };
  const file =
    fits(candidate) || (fits.errors ?? []).every((e) => e.keyword === "minItems")
      ? (candidate as ConfigFile)
      : (EMPTY as ConfigFile);
  if (taken.altered.has(left)) taken.altered.add(file);
  return {
    file,
    original: (path) => originalPath(file, path, taken.origins),
    altered: (container) => taken.altered.has(container),
  };
}

function spoiltBy(error: ErrorObject): string {
  if (error.keyword !== "additionalProperties") return error.instancePath;
  const key = String(error.params.additionalProperty).replaceAll("~", "~0").replaceAll("/", "~1");
  return `${error.instancePath}/${key}`;
}

/** `origins`: which entries of the written list are left. `altered`: blocks and lists that lost something. */
type Taken = { readonly origins: WeakMap<object, readonly number[]>; readonly altered: WeakSet<object> };

/** A copy without the values at the spoilt JSON pointers. */
function without(value: unknown, pointer: string, spoilt: ReadonlySet<string>, taken: Taken): unknown {
  if (pointer !== "" && spoilt.has(pointer)) return undefined;
  if (Array.isArray(value)) {
    const before = taken.origins.get(value);
    const kept: unknown[] = [];
    const indexes: number[] = [];
    for (const [i, item] of value.entries()) {
      const copy = without(item, `${pointer}/${i}`, spoilt, taken);
      if (copy === undefined) continue;
      kept.push(copy);
      indexes.push(before?.[i] ?? i);
    }
    taken.origins.set(kept, indexes);
    if (taken.altered.has(value) || kept.length < value.length) taken.altered.add(kept);
    return kept;
  }
  if (!isRecord(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const step = key.replaceAll("~", "~0").replaceAll("/", "~1");
    const kept = without(item, `${pointer}/${step}`, spoilt, taken);
    if (kept !== undefined) copy[key] = kept;
  }
  if (taken.altered.has(value) || Object.keys(copy).length < Object.keys(value).length)
    taken.altered.add(copy);
  return copy;
}

function originalPath(file: unknown, path: Path, origins: Taken["origins"]): Path {
  let node: unknown = file;
  return path.map((step) => {
    const here = node;
    if (Array.isArray(here)) {
      node = here[Number(step)];
      return origins.get(here)?.[Number(step)] ?? step;
    }
    node = isRecord(here) ? here[String(step)] : undefined;
    return step;
  });
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
