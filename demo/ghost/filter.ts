import type { SimMember } from "./model.ts";

/** The filter could not be parsed; Ghost answers 400 "Error parsing filter". */
export class FilterSyntaxError extends Error {}
/** A field that the table has not; Ghost answers 400 with code SQLITE_ERROR. */
export class UnknownFieldError extends Error {}

export type Predicate = (member: SimMember) => boolean;
type Value = string | number | boolean | null;

const VALUES: Readonly<Record<string, (m: SimMember) => readonly Value[]>> = {
  id: (m) => [m.id],
  email: (m) => [m.email],
  name: (m) => [m.name],
  note: (m) => [m.note],
  status: () => ["free"],
  email_disabled: (m) => [m.emailDisabled ? 1 : 0],
  created_at: (m) => [new Date(m.createdAt).toISOString()],
  updated_at: (m) => [new Date(m.updatedAt).toISOString()],
  label: (m) => m.labels.map((l) => l.slug),
  labels: (m) => m.labels.map((l) => l.slug),
  "labels.slug": (m) => m.labels.map((l) => l.slug),
  "labels.name": (m) => m.labels.map((l) => l.name),
  "labels.id": (m) => m.labels.map((l) => l.id),
  newsletters: (m) => m.newsletters.map((n) => n.slug),
  "newsletters.slug": (m) => m.newsletters.map((n) => n.slug),
  "newsletters.id": (m) => m.newsletters.map((n) => n.id),
  "newsletters.status": (m) => m.newsletters.map((n) => n.status),
  subscribed: (m) => [m.newsletters.some((n) => n.status === "active")],
};

const TOKEN =
  /\s*(?:([()+,[\]])|([a-zA-Z_][\w.]*):|(-?(?:>=|<=|>|<|~\^|~\$|~)?)('(?:[^'\\]|\\.)*'|[^\s()+,[\]'"]+))/y;

/** Ghost's filter language (NQL): `+` binds tighter than `,`; values may be quoted, negated, listed, compared. */
export function parseFilter(text: string): Predicate {
  TOKEN.lastIndex = 0;
  let at = 0;
  const peek = (): RegExpExecArray | null => {
    TOKEN.lastIndex = at;
    return TOKEN.exec(text);
  };
  const take = (): RegExpExecArray => {
    const token = peek();
    if (!token || token[0].trim() === "") throw new FilterSyntaxError(`at ${at}`);
    at += token[0].length;
    return token;
  };
  const symbol = (s: string): boolean => {
    const token = peek();
    if (token?.[1] !== s) return false;
    at += token[0].length;
    return true;
  };

  function any(): Predicate {
    const parts = [all()];
    while (symbol(",")) parts.push(all());
    return parts.length === 1 && parts[0] ? parts[0] : (m) => parts.some((p) => p(m));
  }
  function all(): Predicate {
    const parts = [term()];
    while (symbol("+")) parts.push(term());
    return parts.length === 1 && parts[0] ? parts[0] : (m) => parts.every((p) => p(m));
  }
  function term(): Predicate {
    if (symbol("(")) {
      const inner = any();
      if (!symbol(")")) throw new FilterSyntaxError("missing )");
      return inner;
    }
    const field = take()[2];
    if (!field) throw new FilterSyntaxError("a field is missing");
    const before = /\s*(-?)\[/y;
    before.lastIndex = at;
    const listed = before.exec(text);
    if (listed) {
      at += listed[0].length - 1;
      return comparison(field, listed[1] ?? "", list());
    }
    const value = take();
    if (value[4] === undefined) throw new FilterSyntaxError("a value is missing");
    return comparison(field, value[3] ?? "", [literal(value[4])]);
  }
  function list(): Value[] {
    const values: Value[] = [];
    if (!symbol("[")) throw new FilterSyntaxError("missing [");
    do {
      const value = take();
      if (value[4] === undefined) throw new FilterSyntaxError("a value is missing");
      values.push(literal(value[4]));
    } while (symbol(","));
    if (!symbol("]")) throw new FilterSyntaxError("missing ]");
    return values;
  }

  const result = any();
  if (text.slice(at).trim() !== "") throw new FilterSyntaxError(`at ${at}`);
  return result;
}

function literal(raw: string): Value {
  if (raw.startsWith("'")) return raw.slice(1, -1).replace(/\\(.)/g, "$1");
  if (raw === "null") return null;
  if (raw === "true" || raw === "false") return raw === "true";
  return /^-?\d+(\.\d+)?$/.test(raw) ? Number(raw) : raw;
}

/** Booleans are 1 and 0 in the database; null equals null only. */
function same(a: Value, b: Value): boolean {
  if (a === null || b === null) return a === b;
  const plain = (v: string | number | boolean): string => String(typeof v === "boolean" ? Number(v) : v);
  return plain(a) === plain(b);
}

function comparison(field: string, operator: string, wanted: readonly Value[]): Predicate {
  const read = VALUES[field];
  if (!read) throw new UnknownFieldError(field);
  const negated = operator.startsWith("-");
  const op = negated ? operator.slice(1) : operator;
  const matches = (value: Value): boolean => wanted.some((w) => compare(op, value, w));
  // A date is compared as text: both are ISO-8601, or a prefix of it.
  return (m) => read(m).some(matches) !== negated;
}

function compare(op: string, value: Value, wanted: Value): boolean {
  if (op === "") return same(value, wanted);
  if (value === null || wanted === null) return false;
  const [a, b] = [String(value), String(wanted)];
  if (op === "~") return a.toLowerCase().includes(b.toLowerCase());
  if (op === "~^") return a.toLowerCase().startsWith(b.toLowerCase());
  if (op === "~$") return a.toLowerCase().endsWith(b.toLowerCase());
  if (op === ">") return a > b;
  if (op === "<") return a < b;
  return op === ">=" ? a >= b : a <= b;
}
