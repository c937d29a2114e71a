import { AuditorError } from "../../core/errors.ts";
import type { JsonTemplate, RestCall, RestVerb } from "../../core/rest-config.ts";
import { namesIn, type Piece, piecesOf } from "../../core/rest-template.ts";

export type Value = string | number | boolean | null | readonly string[];
/** What the names in a template stand for; `each` holds one set of values a person. */
export type Values = {
  readonly [name: string]: Value;
};
export type Filling = { readonly values: Values; readonly each?: readonly Values[] };

/** A call with its values in place. */
export type FilledCall = {
  readonly verb: RestVerb;
  readonly path: string;
  /** A list stands for its name once per value: `ids[]=1&ids[]=2`. */
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  readonly body: unknown;
};

/**
 * Fills a call. Values never become syntax: the body is built as a value and not as text, each value of a path or query
 * is escaped by itself, and one that could walk up the path (`..`), or is empty there, is refused.
 *
 * @throws AuditorError config when a name has no value here, or bad_data when a value cannot stand in a path; the value
 *   itself is never quoted
 */
export function fillCall(where: string, call: RestCall, filling: Filling): FilledCall {
  const query: Record<string, string | readonly string[]> = {};
  for (const [name, text] of Object.entries(call.query))
    query[name] = fillQuery(where, name, text, filling.values);
  return {
    verb: call.verb,
    path: fillPath(where, call.path, filling.values),
    query,
    body: call.body === undefined ? undefined : fillBody(where, call.body, filling),
  };
}

function fillPath(where: string, path: string, values: Values): string {
  return piecesOf(path)
    .map((p) => ("text" in p ? p.text : segment(where, p.name, values)))
    .join("");
}

function segment(where: string, name: string, values: Values): string {
  const value = valueFor(where, name, values);
  const parts = Array.isArray(value) ? (value as readonly string[]) : [String(value ?? "")];
  if (parts.length === 0 || parts.some((t) => t.trim() === "" || /^\.+$/.test(t) || /\p{Cc}/u.test(t)))
    throw new AuditorError(
      "bad_data",
      where,
      `the value of {{${name}}} cannot stand in an address`,
      "look at the record or list that it comes from",
    );
  return parts.map(encodeURIComponent).join(",");
}

/** A parameter called `…[]` is sent once per value; any other takes a comma list. */
function fillQuery(where: string, name: string, text: string, values: Values): string | readonly string[] {
  const only = alone(piecesOf(text));
  const value = name.endsWith("[]") && only !== null ? valueFor(where, only, values) : null;
  if (Array.isArray(value)) return value as readonly string[];
  if (only === null) checkBare(where, text, values);
  return fillText(where, text, values);
}

/** Without quotes around it, a value beside other text (`email:{{email}}`) may hold nothing that an operator could be. */
function checkBare(where: string, text: string, values: Values): void {
  const pieces = piecesOf(text);
  for (const [i, p] of pieces.entries()) {
    if ("text" in p) continue;
    const before = pieces[i - 1];
    if (before !== undefined && "text" in before && /["'`]$/.test(before.text)) continue;
    const value = valueFor(where, p.name, values);
    const parts = Array.isArray(value) ? (value as readonly string[]) : [String(value ?? "")];
    if (parts.some((v) => !/^[\w.@:-]*$/.test(v)))
      throw unfit(
        where,
        p.name,
        "beside other text and without quotes holds more than letters, digits and . _ - @ :",
      );
  }
}

/**
 * A value beside other text may stand in the vendor's own filter language, of which we know nothing: in quotes it may
 * hold neither quotes nor a backslash.
 */
function fillText(where: string, text: string, values: Values): string {
  const pieces = piecesOf(text);
  return pieces
    .map((p, i) => {
      if ("text" in p) return p.text;
      const value = scalar(where, p.name, values);
      const before = pieces[i - 1];
      const quoted = before !== undefined && "text" in before && /["'`]$/.test(before.text);
      if (quoted && /["'`\\]/.test(value)) throw unfit(where, p.name, "holds quotes or a backslash");
      return value;
    })
    .join("");
}

const unfit = (where: string, name: string, what: string): AuditorError =>
  new AuditorError(
    "bad_data",
    where,
    `a value of {{${name}}} ${what}, so that it could change the meaning of the call`,
    "look whether the vendor takes it in a parameter or field of its own",
  );

/** Arrays become a comma list; that is for ids and addresses, which hold no comma (checked). */
function scalar(where: string, name: string, values: Values): string {
  const value = valueFor(where, name, values);
  if (!Array.isArray(value)) return value === null ? "" : String(value);
  const list = value as readonly string[];
  if (list.some((v) => v.includes(",")))
    throw new AuditorError(
      "bad_data",
      where,
      `a value of {{${name}}} holds a comma, so that it cannot stand in a list`,
      "look people up one by one (batch: 1)",
    );
  return list.join(",");
}

function valueFor(where: string, name: string, values: Values): Value {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  if (value === undefined)
    throw new AuditorError(
      "config",
      where,
      `{{${name}}} has no value here`,
      `use one of ${Object.keys(values)
        .map((n) => `{{${n}}}`)
        .join(", ")}`,
    );
  return value;
}

function fillBody(where: string, template: JsonTemplate, filling: Filling): unknown {
  if (typeof template === "string") {
    const pieces = piecesOf(template);
    const only = alone(pieces);
    return only === null ? fillText(where, template, filling.values) : valueFor(where, only, filling.values);
  }
  if (typeof template !== "object" || template === null) return template;
  if (Array.isArray(template))
    return (template as readonly JsonTemplate[]).map((t) => fillBody(where, t, filling));
  const entries = Object.entries(template as Readonly<Record<string, JsonTemplate>>);
  const [first] = entries;
  if (entries.length === 1 && first !== undefined && alone(piecesOf(first[0])) === "each")
    return (filling.each ?? []).map((values) =>
      fillBody(where, first[1], { values: { ...filling.values, ...values } }),
    );
  const made: Record<string, unknown> = {};
  // defined, not assigned: a key called __proto__ is a key like any other
  for (const [key, value] of entries)
    Object.defineProperty(made, fillText(where, key, filling.values), {
      value: fillBody(where, value, filling),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  return made;
}

const alone = (pieces: readonly Piece[]): string | null => {
  const [only] = pieces;
  return pieces.length === 1 && only !== undefined && "name" in only ? only.name : null;
};

/** Names that a call uses anywhere. */
export const namesUsed = (call: RestCall): readonly string[] => [
  ...namesIn([call.path, call.query as JsonTemplate, call.body ?? null]),
];
