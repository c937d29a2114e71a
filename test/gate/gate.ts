import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import { materialFolder } from "../setup/material.ts";
import type { Json } from "./json.ts";
import { type Operation, operationOf, type Parameter } from "./operation.ts";
import { asJsonSchema, type Direction } from "./schema.ts";

export type Headers = Readonly<Record<string, string>>;
export type GateRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  /** Parsed JSON; undefined: none was sent. */
  readonly body: unknown;
};
export type GateResponse = {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
};
/** Never holds a value that was sent. */
export type Violation = { readonly operation: string; readonly what: string };

export type Gate = {
  request(r: GateRequest): Violation[];
  response(r: GateResponse): Violation[];
};

/** The gate over a vendor's own document. @returns null where the documents are absent */
export function gateOf(vendor: string): Gate | null {
  const folder = materialFolder("connectors/specs");
  if (folder === null) return null;
  return gate(JSON.parse(readFileSync(join(folder, `${vendor}.trimmed.json`), "utf8")) as Json);
}

const DATE_TIME = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;
const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  "date-time": (t) => DATE_TIME.test(t) && !Number.isNaN(Date.parse(t)),
  date: (t) => /^\d{4}-\d\d-\d\d$/.test(t) && !Number.isNaN(Date.parse(t)),
  uri: (t) => URL.canParse(t),
};

/** Answers with what in a request or response the document does not know. Validators are compiled when first needed. */
export function gate(document: Json): Gate {
  const validators = { request: compiler(document, "request"), response: compiler(document, "response") };

  const request = (r: GateRequest): Violation[] => {
    const found = operationOf(document, r.method, r.path);
    if (typeof found === "string") return [unknown(r, found)];
    const say = (what: string): Violation => ({ operation: nameOf(found), what });
    const out = found.parameters.flatMap((p) => parameterFaults(p, found, r, validators.request).map(say));
    const documented = new Set(found.parameters.filter((p) => p.in === "query").map((p) => p.name));
    for (const name of new Set(r.query.keys())) {
      if (!documented.has(name)) out.push(say(`undocumented query parameter ${name}`));
    }
    if (found.credentials.length > 0 && !found.credentials.some((h) => has(r.headers, h)))
      out.push(say(`no credential (${found.credentials.join(" or ")})`));
    if (r.body === undefined || r.body === null) {
      if (found.body?.required) out.push(say("the body is missing"));
    } else if (found.body === null) out.push(say("a body where none is documented"));
    else if (found.body.schema !== null)
      out.push(...faults(validators.request(found.body.schema), r.body, "body").map(say));
    return out;
  };

  const response = (r: GateResponse): Violation[] => {
    const found = operationOf(document, r.method, r.path);
    if (typeof found === "string") return [unknown(r, found)];
    const say = (what: string): Violation => ({ operation: nameOf(found), what: `${r.status}: ${what}` });
    const key = [`${r.status}`, `${Math.floor(r.status / 100)}XX`, "default"].find((k) =>
      found.responses.has(k),
    );
    if (key === undefined) return [say("undocumented status")];
    if (key === "default" && r.status < 400) return [say("undocumented status of success")];
    const schema = found.responses.get(key) ?? null;
    const empty = r.body === undefined || r.body === null || r.body === "";
    if (schema === null) return empty ? [] : [say("a body where none is documented")];
    return faults(validators.response(schema), empty ? undefined : r.body, "body").map(say);
  };
  return { request, response };
}

const nameOf = (o: Operation): string => `${o.method} ${o.path}`;

/** The path may hold an identifier: its long parts are left out. */
const unknown = (r: { method: string; path: string }, what: "path" | "verb"): Violation => ({
  operation: `${r.method} ${r.path.replace(/\/(?=[^/]*[\d@])[^/]{4,}/g, "/…")}`,
  what: `undocumented ${what}`,
});

const has = (headers: Headers, name: string): boolean =>
  Object.keys(headers).some((h) => h.toLowerCase() === name.toLowerCase());

function compiler(document: Json, direction: Direction): (at: string) => ValidateFunction {
  const ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    validateSchema: false,
    unicodeRegExp: false,
    formats: FORMATS,
    logger: false,
  });
  ajv.addSchema(asJsonSchema(document, direction), "document");
  const known = new Map<string, ValidateFunction>();
  return (at) => {
    const before = known.get(at);
    if (before !== undefined) return before;
    const made = ajv.compile({ $ref: `document#${at.split("/").map(encodeURIComponent).join("/")}` });
    known.set(at, made);
    return made;
  };
}

/** @returns where and what, by schema only; 20 at most */
function faults(validate: ValidateFunction, value: unknown, where: string): string[] {
  if (value === undefined) return [`${where} is missing`];
  if (validate(value)) return [];
  const found = (validate.errors ?? []).filter((e) => !["oneOf", "anyOf", "if"].includes(e.keyword));
  const errors = found.length > 0 ? found : (validate.errors ?? []);
  return [...new Set(errors.map((e) => `${where}${place(e.instancePath)} ${reason(e)}`))].slice(0, 20);
}

const place = (path: string): string => path.replace(/\/\d+(?=\/|$)/g, "/*");

function reason(e: ErrorObject): string {
  const { params } = e;
  const named: unknown = params.additionalProperty ?? params.missingProperty;
  if (e.keyword === "additionalProperties") return `has the undocumented field ${String(named)}`;
  return e.message ?? e.keyword;
}

function parameterFaults(
  p: Parameter,
  operation: Operation,
  r: GateRequest,
  validator: (at: string) => ValidateFunction,
): string[] {
  const where = `${p.in} parameter ${p.name}`;
  const given = valuesOf(p, operation, r);
  if (given.length === 0) return p.required ? [`${where} is missing`] : [];
  const split = p.commas ? given.flatMap((g) => g.split(",")) : given;
  const value = p.type === "array" ? split : typed(given[0] ?? "", p.type);
  return faults(validator(p.schema), value, where);
}

function valuesOf(p: Parameter, operation: Operation, r: GateRequest): readonly string[] {
  if (p.in === "query") return r.query.getAll(p.name);
  if (p.in === "path") return [operation.values[p.name] ?? ""];
  const header = Object.entries(r.headers).find(([name]) => name.toLowerCase() === p.name.toLowerCase());
  return header === undefined ? [] : [header[1]];
}

function typed(text: string, type: string): unknown {
  if ((type === "integer" || type === "number") && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return text;
}
