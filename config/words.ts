import type { ErrorObject } from "ajv";
import type { Found, SourceDocument } from "./document.ts";
import { isRecord } from "./salvage.ts";
import { SECRET_PATTERN } from "./schema-parts.ts";
import { SYSTEM_KINDS } from "./schema-systems.ts";
import { meant } from "./suggest.ts";

const KINDS: Readonly<Record<string, string>> = {
  string: "text",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  array: "a list (lines that start with -)",
  object: "a block of keys",
};

const pathOf = (pointer: string): string[] =>
  pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));

/** `systems[0].dsn`, as a person would say it. */
export const sayPath = (path: readonly (string | number)[]): string =>
  path.reduce<string>(
    (said, step) =>
      /^\d+$/.test(String(step)) ? `${said}[${step}]` : said === "" ? String(step) : `${said}.${step}`,
    "",
  ) || "the file";

const kindOf = (value: unknown): string =>
  value === null || value === undefined
    ? "empty"
    : Array.isArray(value)
      ? "a list"
      : typeof value === "object"
        ? "a block of keys"
        : typeof value === "string"
          ? "text"
          : typeof value === "number"
            ? "a number"
            : "true or false";

/** Values are repeated only where they are words of ours or numbers, so that no secret gets into a message. */
const say = (value: unknown): string =>
  typeof value === "number" || typeof value === "boolean" ? String(value) : kindOf(value);

/** One schema violation in words; null for the summary errors that only repeat others. */
export function inWords(error: ErrorObject, source: SourceDocument): Found | null {
  const path = pathOf(error.instancePath);
  const name = sayPath(path);
  const here = source.placeOf(path);
  const { data, params } = error;
  const known = Object.keys((error.parentSchema?.properties as Record<string, unknown> | undefined) ?? {});
  switch (error.keyword) {
    case "additionalProperties": {
      const key = String(params.additionalProperty);
      return {
        ...source.placeOfKey([...path, key]),
        problem: `unknown key “${key}” in ${name}`,
        fix: meant(key, known),
      };
    }
    case "required":
      return {
        ...here,
        problem: `${name} lacks “${params.missingProperty}”`,
        fix: requiredFix(String(params.missingProperty), error),
      };
    case "type": {
      const wanted = [params.type]
        .flat()
        .map((t) => KINDS[String(t)] ?? String(t))
        .join(" or ");
      const quotes = wanted === "text" && (typeof data === "number" || typeof data === "boolean");
      const fix =
        data === null
          ? "give it a value or remove the line"
          : quotes
            ? `write it in quotes: "${data}"`
            : `write ${wanted}`;
      return { ...here, problem: `${name} is ${data === null ? "empty" : say(data)}, not ${wanted}`, fix };
    }
    case "enum": {
      const allowed = (params.allowedValues as unknown[]).map(String);
      const given = typeof data === "string" && data.length <= 40 ? `“${data}”` : say(data);
      return { ...here, problem: `${name}: ${given} is not known`, fix: meant(String(data), allowed) };
    }
    case "const":
      return {
        ...here,
        problem: `${name} must be ${String(params.allowedValue)}`,
        fix: `write ${String(params.allowedValue)} or remove the line`,
      };
    case "discriminator":
      if (!isRecord(data) || data.kind === undefined) return null; // said by "required"
      return {
        ...source.placeOf([...path, "kind"]),
        problem:
          path.length > 2 ? `${name}: this kind is not known` : `${name}: this kind of system is not known`,
        fix: meant(String(data.kind), path.length > 2 ? kindsIn(error.parentSchema) : SYSTEM_KINDS),
      };
    case "pattern":
      return { ...here, ...patternWords(name, String(params.pattern), path, source.value) };
    case "minimum":
    case "maximum":
      return {
        ...here,
        problem: `${name} is ${say(data)}`,
        fix: `must be ${error.keyword === "minimum" ? "at least" : "at most"} ${params.limit}`,
      };
    case "minLength":
    case "minItems":
      return {
        ...here,
        problem: `${name} is empty`,
        fix: error.keyword === "minItems" ? "add at least one entry" : "give it a value",
      };
    case "maxLength":
      return { ...here, problem: `${name} is longer than ${params.limit} characters`, fix: "shorten it" };
    case "uniqueItems":
      return { ...here, problem: `${name} names the same thing twice`, fix: "remove one of the two" };
    case "oneOf":
    case "anyOf":
      return null;
    default:
      return {
        ...here,
        problem: `${name} ${error.message ?? "is not valid"}`,
        fix: "see config/plumbline.schema.json",
      };
  }
}

/** The kinds that a schema with a discriminator tells apart. */
function kindsIn(schema: unknown): readonly string[] {
  if (!isRecord(schema) || !Array.isArray(schema.oneOf)) return [];
  return schema.oneOf.flatMap((one: unknown) => {
    const kind = isRecord(one) && isRecord(one.properties) ? one.properties.kind : null;
    return isRecord(kind) && typeof kind.const === "string" ? [kind.const] : [];
  });
}

function requiredFix(key: string, error: ErrorObject): string {
  const properties = error.parentSchema?.properties as
    | Record<string, { description?: string } | undefined>
    | undefined;
  const description = properties?.[key]?.description?.split(". ")[0];
  return description ? `add ${key}: ${description.replace(/\.$/, "")}` : `add ${key}`;
}

/** Name of the list entry that the path goes through: its id or name, else the section before the key. */
function entryName(written: unknown, path: readonly string[]): string {
  let node = written;
  let name = path.at(-2) ?? "plumbline";
  for (const step of path) {
    if (typeof node !== "object" || node === null) break;
    node = Object.entries(node).find(([key]) => key === step)?.[1];
    if (isRecord(node) && typeof node.id === "string") name = node.id;
    else if (isRecord(node) && typeof node.name === "string") name = node.name;
  }
  return name;
}

function patternWords(
  name: string,
  pattern: string,
  path: readonly string[],
  written: unknown,
): { problem: string; fix: string } {
  const key = String(path.at(-1) ?? "secret");
  if (pattern === SECRET_PATTERN) {
    const example = `${entryName(written, path)}_${key}`.toUpperCase().replace(/[^A-Z0-9]+/g, "_");
    return {
      problem: `${name}: a secret stands here in plain text`,
      fix: `use \${env:${example}} or \${file:/run/secrets/${key}}, and change the secret if this file was shared`,
    };
  }
  if (pattern.startsWith("^[a-z][a-z0-9_]"))
    return {
      problem: `${name} is not a valid id`,
      fix: "use lower-case letters, digits and _, starting with a letter",
    };
  if (pattern.startsWith("^https?"))
    return { problem: `${name} is not an address`, fix: "write http:// or https:// and the host" };
  if (pattern.includes("@"))
    return { problem: `${name} is not an e-mail address`, fix: "write name@example.com" };
  return { problem: `${name} is not well formed`, fix: "see config/plumbline.schema.json" };
}
