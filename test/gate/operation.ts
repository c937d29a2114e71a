import { isObject, type Json, listOf, objectOf, pointer, resolved, textOf } from "./json.ts";

export type Parameter = {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  /** Several values in one, with commas, as `explode: false` says. */
  readonly commas: boolean;
  readonly type: string;
  /** JSON pointer of its schema in the document. */
  readonly schema: string;
};

export type Operation = {
  readonly method: string;
  /** As documented: `/api/lists/{id}`. */
  readonly path: string;
  readonly values: Readonly<Record<string, string>>;
  readonly parameters: readonly Parameter[];
  readonly body: { readonly required: boolean; readonly schema: string | null } | null;
  /** Status, `4XX` or `default` → JSON pointer of its schema; null where no body is documented. */
  readonly responses: ReadonlyMap<string, string | null>;
  /** Headers that carry a credential, each sufficient. */
  readonly credentials: readonly string[];
};

const VERBS = ["get", "post", "put", "patch", "delete"];

/**
 * The documented operation that a request is.
 *
 * @returns "path" when no path fits, "verb" when the path has no such verb
 */
export function operationOf(document: Json, method: string, path: string): Operation | "path" | "verb" {
  const inside = withoutBase(document, path);
  if (inside === null) return "path";
  const fitting = Object.keys(objectOf(document.paths)).flatMap((template) => {
    const values = match(template, inside);
    return values === null ? [] : [{ template, values }];
  });
  // a path without placeholders stands before one with
  const best = fitting.toSorted((a, b) => Object.keys(a.values).length - Object.keys(b.values).length)[0];
  if (best === undefined) return "path";
  const item = objectOf(objectOf(document.paths)[best.template]);
  const verb = method.toLowerCase();
  if (!VERBS.includes(verb) || !isObject(item[verb])) return "verb";
  return read(document, best.template, verb, best.values);
}

/** Mailchimp's server url ends in /3.0, and its paths begin after that. */
function withoutBase(document: Json, path: string): string | null {
  const server = textOf(objectOf(listOf(document.servers)[0]).url);
  const base = URL.canParse(server) ? new URL(server).pathname.replace(/\/$/, "") : "";
  return path.startsWith(`${base}/`) ? path.slice(base.length) : null;
}

function match(template: string, path: string): Record<string, string> | null {
  const [a, b] = [template.split("/"), path.replace(/\/$/, "").split("/")];
  if (a.length !== b.length) return null;
  const values: Record<string, string> = {};
  for (const [i, part] of a.entries()) {
    const name = /^\{(.+)\}$/.exec(part)?.[1];
    const given = b[i] ?? "";
    if (name === undefined ? part !== given : given === "") return null;
    if (name !== undefined) values[name] = decodeURIComponent(given);
  }
  return values;
}

function read(document: Json, path: string, verb: string, values: Record<string, string>): Operation {
  const item = objectOf(objectOf(document.paths)[path]);
  const operation = objectOf(item[verb]);
  const here = pointer("paths", path, verb);
  const parameters = [
    ...listOf(item.parameters).map((p, i) => [p, `${pointer("paths", path)}/parameters/${i}`] as const),
    ...listOf(operation.parameters).map((p, i) => [p, `${here}/parameters/${i}`] as const),
  ].map(([p, at]) => parameter(document, p, at));
  return {
    method: verb.toUpperCase(),
    path,
    values,
    parameters,
    body: "requestBody" in operation ? body(document, operation.requestBody, `${here}/requestBody`) : null,
    responses: new Map(
      Object.entries(objectOf(operation.responses)).map(([status, response]) => {
        const found = resolved(document, response);
        return [status, content(found.value, found.at ?? `${here}/responses${pointer(status)}`)];
      }),
    ),
    credentials: credentials(document, operation),
  };
}

function parameter(document: Json, given: unknown, at: string): Parameter {
  const { value, at: elsewhere } = resolved(document, given);
  return {
    name: textOf(value.name),
    in: textOf(value.in),
    required: value.required === true,
    commas: value.explode === false,
    type: textOf(objectOf(value.schema).type),
    schema: `${elsewhere ?? at}/schema`,
  };
}

function body(document: Json, given: unknown, at: string): NonNullable<Operation["body"]> {
  const { value, at: elsewhere } = resolved(document, given);
  return { required: value.required === true, schema: content(value, elsewhere ?? at) };
}

function content(holder: Json, at: string): string | null {
  const types = Object.keys(objectOf(holder.content));
  const type = types.find((t) => t.includes("problem")) ?? types.find((t) => t.includes("json"));
  return type === undefined ? null : `${at}${pointer("content", type, "schema")}`;
}

function credentials(document: Json, operation: Json): string[] {
  const schemes = objectOf(objectOf(document.components).securitySchemes);
  const wanted = listOf(operation.security ?? document.security).flatMap((s) => Object.keys(objectOf(s)));
  return wanted.flatMap((name) => {
    const scheme = objectOf(schemes[name]);
    if (scheme.type === "apiKey") return scheme.in === "header" ? [textOf(scheme.name).toLowerCase()] : [];
    return ["authorization"];
  });
}
