import { badParameter } from "./api-error.ts";

/** One comparison of a filter: `equals(email,"a@b.test")` or `any(id,["x","y"])`; conjunctions are lists of them. */
export type Comparison = { readonly op: string; readonly field: string; readonly values: readonly string[] };

const CALL = /^([a-z-]+)\((.*)\)$/s;

/** `filter=` of a request as comparisons that all must hold; absent: none. */
export function parseFilter(text: string | null): readonly Comparison[] {
  if (text === null || text === "") return [];
  return conjunction(text.trim());
}

function conjunction(text: string): readonly Comparison[] {
  const call = CALL.exec(text);
  if (call?.[1] === "and") return splitTop(call[2] ?? "").flatMap((part) => conjunction(part.trim()));
  const parts = splitTop(text);
  if (parts.length > 1) return parts.flatMap((part) => conjunction(part.trim()));
  if (!call) throw malformed();
  const [field = "", ...rest] = splitTop(call[2] ?? "");
  const value = rest.join(",").trim();
  if (field.trim() === "" || value === "") throw malformed();
  const values = value.startsWith("[") ? splitTop(value.slice(1, -1)) : [value];
  return [{ op: call[1] ?? "", field: field.trim(), values: values.map((v) => unquote(v.trim())) }];
}

const malformed = () => badParameter("Filter is malformed.", "filter");

/** At commas that are in no quotes, brackets or parentheses. */
function splitTop(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quote = "";
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (quote !== "") {
      if (c === "\\") i++;
      else if (c === quote) quote = "";
    } else if (c === '"' || c === "'") quote = c;
    else if (c === "(" || c === "[") depth++;
    else if (c === ")" || c === "]") depth--;
    else if (c === "," && depth === 0) {
      parts.push(text.slice(from, i));
      from = i + 1;
    }
  }
  parts.push(text.slice(from));
  return parts;
}

const unquote = (text: string): string =>
  /^(["']).*\1$/s.test(text) ? text.slice(1, -1).replaceAll(/\\(.)/gs, "$1") : text;

/** Refuses fields and operators that the operation does not document. */
export function allow(
  filter: readonly Comparison[],
  allowed: Readonly<Record<string, readonly string[]>>,
): void {
  for (const { op, field } of filter) {
    if (!allowed[field]?.includes(op)) {
      throw badParameter(`Filtering '${field}' by '${op}' is not supported.`, "filter");
    }
  }
}

/** Does a record with this value (text; milliseconds for times; null: empty) pass the comparison? */
export function passes({ op, values }: Comparison, value: string | number | boolean | null): boolean {
  if (value === null) return false;
  if (typeof value !== "number") return values.includes(String(value));
  const than = Date.parse(values[0] ?? "");
  if (op === "greater-than") return value > than;
  if (op === "greater-or-equal") return value >= than;
  if (op === "less-than") return value < than;
  return op === "less-or-equal" ? value <= than : value === than;
}
