import { isObject, type Json, listOf, objectOf, resolved } from "./json.ts";

/** Which way a body travels: what is read-only may not be sent, what is write-only is not answered. */
export type Direction = "request" | "response";

/**
 * An OpenAPI document (3.0 or 3.1) whose schemas are JSON Schema: `nullable` becomes a type, the boolean
 * `exclusiveMinimum` of 3.0 its number, and an object that lists its properties and says nothing of others has no
 * others. That is stricter than OpenAPI: a misspelt field is what we look for. The parts of an `allOf`, each of which
 * lists some of the properties, become one schema first.
 */
export function asJsonSchema(document: Json, direction: Direction): Json {
  const out = convert(document, { document, direction });
  return isObject(out) ? out : {};
}

type Context = { readonly document: Json; readonly direction: Direction };
const VALUES = new Set(["example", "examples", "default", "enum", "const"]);

function convert(value: unknown, c: Context): unknown {
  if (Array.isArray(value)) return value.map((v) => convert(v, c));
  if (!isObject(value)) return value;
  if (Array.isArray(value.allOf)) {
    const { allOf, ...rest } = value;
    const whole = allOf.reduce<unknown>((a, b) => merged(a, b, c.document), rest);
    if (isObject(whole) && !("allOf" in whole)) return convert(whole, c);
  }
  const out: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) {
    if (name === "properties" && isObject(inner)) out[name] = properties(inner, c);
    else out[name] = VALUES.has(name) ? inner : convert(inner, c);
  }
  if (isObject(value.properties) && looksLikeSchema(value)) {
    const hidden = hiddenIn(value.properties, c.direction);
    if (Array.isArray(value.required)) out.required = value.required.filter((r) => !hidden.has(String(r)));
    const open = "additionalProperties" in value || "patternProperties" in value;
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

function properties(all: Json, c: Context): Json {
  const hidden = hiddenIn(all, c.direction);
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, schema]) => (hidden.has(name) ? [] : [[name, convert(schema, c)]])),
  );
}

/** Two schemas that both hold, as one where both are plain objects. */
function merged(a: unknown, b: unknown, document: Json): Json {
  const [left, right] = [resolved(document, a).value, resolved(document, b).value];
  if (!isPlain(left) || !isPlain(right)) return { allOf: [a, b] };
  const [mine, theirs] = [objectOf(left.properties), objectOf(right.properties)];
  const both = Object.keys(mine).filter((name) => name in theirs);
  return {
    ...left,
    ...right,
    properties: {
      ...mine,
      ...theirs,
      ...Object.fromEntries(both.map((name) => [name, merged(mine[name], theirs[name], document)])),
    },
    required: [...listOf(left.required), ...listOf(right.required)],
  };
}

const isPlain = (o: Json): boolean =>
  (o.type === "object" || isObject(o.properties) || Object.keys(o).length === 0) &&
  !["allOf", "oneOf", "anyOf"].some((k) => k in o);

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
