import { compile, TreeInterpreter } from "@jmespath-community/jmespath";
import { AuditorError } from "../../core/errors.ts";

/** A JMESPath, ready to use on many records. */
export type Path = {
  readonly expression: string;
  /** `a.b`: such a path tells a field that is missing from one that is empty. */
  readonly plain: boolean;
  /** What is there; undefined when the path is plain (`a.b`) and its field does not exist; null otherwise. */
  at(data: unknown): unknown;
};

const PLAIN = /^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$/;

/**
 * Plain paths walk own properties, which tells a missing field from an empty one; JMESPath itself answers null to both.
 *
 * @throws AuditorError config when it is no JMESPath; `at` throws bad_data when a function meets a type it cannot take
 * @see https://jmespath.site/main/#specification (read 2026-11-26)
 */
export function pathOf(where: string, expression: string): Path {
  if (PLAIN.test(expression)) {
    const steps = expression.split(".");
    return { expression, plain: true, at: (data) => walk(data, steps) };
  }
  const tree = compiled(where, expression);
  return {
    expression,
    plain: false,
    at(data) {
      try {
        const found: unknown = TreeInterpreter.search(
          tree,
          data as Parameters<typeof TreeInterpreter.search>[1],
        );
        return found ?? null;
      } catch (cause) {
        if (!(cause instanceof Error)) throw cause;
        // the library's message quotes types, and the cause is kept out as it could quote values
        throw new AuditorError(
          "bad_data",
          where,
          `the path ${expression} does not fit the answer`,
          "look at an answer of the vendor and correct the path",
        );
      }
    },
  };
}

function compiled(where: string, expression: string): ReturnType<typeof compile> {
  try {
    return compile(expression);
  } catch (cause) {
    throw new AuditorError("config", where, `${expression} is no JMESPath`, "see https://jmespath.site", {
      cause,
    });
  }
}

function walk(data: unknown, steps: readonly string[]): unknown {
  let at = data;
  for (const step of steps) {
    if (typeof at !== "object" || at === null || Array.isArray(at) || !Object.hasOwn(at, step))
      return undefined;
    at = (at as Readonly<Record<string, unknown>>)[step];
  }
  return at;
}

/** A value as text: numbers and booleans as JSON writes them, objects and arrays as JSON; null for null and missing. */
export function asText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "object" ? JSON.stringify(value) : null;
}

/** Every value of an array, or the one value, as text. */
export function asTexts(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.flatMap((v) => asText(v) ?? []);
}

/** A count that the vendor declares; null when it is not a whole number of 0 or more. Text of digits counts. */
export function asCount(value: unknown): number | null {
  const n = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof n === "number" && Number.isSafeInteger(n) && n >= 0 ? n : null;
}

/** JMESPath's notion of true: not false, null, "", [] or {}. */
export const isTrue = (v: unknown): boolean =>
  !(
    v === undefined ||
    v === null ||
    v === false ||
    v === "" ||
    (Array.isArray(v) && v.length === 0) ||
    (typeof v === "object" && Object.keys(v).length === 0)
  );
