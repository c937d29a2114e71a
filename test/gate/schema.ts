import { isObject, type Json, listOf } from "./json.ts";

/** Which way a body travels: what is read-only may not be sent, what is write-only is not answered. */
export type Direction = "request" | "response";

/**
 * An OpenAPI document (3.0 or 3.1) whose schemas are JSON Schema: `nullable` becomes a type, the boolean
 * `exclusiveMinimum` of 3.0 its number, and an object that lists its properties and says nothing of others has no
 * others. That is stricter than OpenAPI: a misspelt field is what we look for.
 */
export function asJsonSchema(document: Json, direction: Direction): Json {
  return isObject(document) ? (convert(document, direction, false) as Json) : {};
}

const VALUES = new Set(["example", "examples", "default", "enum", "const"]);

function convert(value: unknown, way: Direction, composed: boolean): unknown {
  if (Array.isArray(value)) return value.map((v) => convert(v, way, composed));
  if (!isObject(value)) return value;
  const out: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) {
    // the parts of an allOf each list some of the properties: none of them is the whole
    if (name === "properties" && isObject(inner)) out[name] = properties(inner, way);
    else out[name] = VALUES.has(name) ? inner : convert(inner, way, name === "allOf");
  }
  if (isObject(value.properties) && looksLikeSchema(value)) {
    const hidden = hiddenIn(value.properties, way);
    if (Array.isArray(value.required)) out.required = value.required.filter((r) => !hidden.has(String(r)));
    const open = composed || "additionalProperties" in value || "patternProperties" in value;
    if (!open && !["allOf", "oneOf", "anyOf"].some((k) => k in value)) out.additionalProperties = false;
  }
  for (const bound of ["Minimum", "Maximum"]) {
    if (typeof out[`exclusive${bound}`] !== "boolean") continue;
    if (out[`exclusive${bound}`] === true) out[`exclusive${bound}`] = out[bound.toLowerCase()];
    else delete out[`exclusive${bound}`];
  }
  return value.nullable === true ? nullable(out) : out;
}

const looksLikeSchema = (o: Json): boolean => o.type === "object" || o.type === undefined;

function properties(all: Json, way: Direction): Json {
  const hidden = hiddenIn(all, way);
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, schema]) =>
      hidden.has(name) ? [] : [[name, convert(schema, way, false)]],
    ),
  );
}

function hiddenIn(all: Json, way: Direction): ReadonlySet<string> {
  const mark = way === "request" ? "readOnly" : "writeOnly";
  return new Set(Object.keys(all).filter((name) => isObject(all[name]) && all[name][mark] === true));
}

function nullable(schema: Json): Json {
  const { nullable: _, ...rest } = schema;
  if (typeof rest.type === "string" && !("oneOf" in rest) && !("allOf" in rest)) {
    const values = "enum" in rest ? { enum: [...listOf(rest.enum), null] } : {};
    return { ...rest, type: [rest.type, "null"], ...values };
  }
  return { anyOf: [rest, { type: "null" }] };
}
