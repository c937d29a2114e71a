import type { StreamKind } from "../../core/stream.ts";

/** A line that cannot be read at all; the message says what is wrong and what to write, without the line's content. */
export class UnreadableLine extends Error {}

/** A line that says whose it is and when, but not what was measured; it is answered, and not judged. */
export class NoReading extends Error {}

export type Fields = Readonly<Record<string, unknown>>;

/** NaN and Infinity are no JSON, yet Python's json.dumps writes them: they read as null, "not measured". */
const NOT_FINITE = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g;

/** @throws UnreadableLine when it is not one JSON object */
export function fieldsOf(line: string): Fields {
  const value = parsed(line);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new UnreadableLine("not a JSON object → write one object per line");
  return value as Fields;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const mended = line.replace(NOT_FINITE, (word) => (word.startsWith('"') ? word : "null"));
    try {
      return JSON.parse(mended);
    } catch (again) {
      if (!(again instanceof SyntaxError)) throw again;
      throw new UnreadableLine("not JSON → write one object per line");
    }
  }
}

/** A name may be a number, as ids often are. @throws UnreadableLine */
export function nameIn(fields: Fields, field: string): string {
  const name = fields[field];
  if (typeof name === "string") return name;
  if (typeof name === "number") return String(name);
  throw new UnreadableLine(`no “${field}” → name it with a text`);
}

const ISO = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?)?(Z|[+-]\d\d:?\d\d)?$/;

/**
 * Milliseconds since 1970: from such a number, or from ISO 8601, which means UTC where it names no zone: a result must
 * not depend on the zone of the machine.
 *
 * @throws UnreadableLine
 */
export function timeIn(fields: Fields): number {
  const { t } = fields;
  if (typeof t === "number" && Number.isFinite(t)) return t;
  const match = typeof t === "string" ? ISO.exec(t) : null;
  if (typeof t !== "string" || match === null) throw new UnreadableLine(NO_TIME);
  const zoned = match[1] === undefined && t.length > 10 ? `${t}Z` : t;
  const ms = Date.parse(zoned.replace(" ", "T").replace(",", "."));
  if (Number.isNaN(ms)) throw new UnreadableLine(NO_TIME);
  return ms;
}

const NO_TIME = "no usable “t” → write it like 2026-11-26T06:00:00Z, or as milliseconds since 1970";

const KINDS: ReadonlySet<unknown> = new Set<StreamKind>(["size", "count", "rate", "latency", "gauge"]);

/** Without a kind it is a gauge, of which nothing is assumed. @throws UnreadableLine */
export function kindIn(fields: Fields): StreamKind {
  const kind = fields.kind ?? "gauge";
  if (!KINDS.has(kind)) throw new UnreadableLine("unknown “kind” → size, count, rate, latency or gauge");
  return kind as StreamKind;
}

/** @throws NoReading when it is not a finite number */
export function numberIn(fields: Fields, field: string): number {
  const value = fields[field];
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new NoReading(
    value === null || value === undefined ? `no “${field}”` : `“${field}” is not a finite number`,
  );
}

/** @throws NoReading when it is there and not a finite number */
export const numberOrNull = (fields: Fields, field: string): number | null =>
  fields[field] === undefined || fields[field] === null ? null : numberIn(fields, field);

/** @throws NoReading when it is not a list of texts or numbers */
export function idsIn(fields: Fields, field: string): readonly (string | number)[] {
  const list = fields[field];
  if (!Array.isArray(list)) throw new NoReading(`no list “${field}”`);
  for (const id of list)
    if (typeof id !== "string" && typeof id !== "number")
      throw new NoReading(`“${field}” holds what is no id`);
  return list;
}

/** @throws NoReading when it is not an object of counts */
export function countsIn(fields: Fields, field: string): Readonly<Record<string, number>> {
  const counts = fields[field];
  if (typeof counts !== "object" || counts === null || Array.isArray(counts))
    throw new NoReading(`no “${field}” by category`);
  for (const n of Object.values(counts))
    if (typeof n !== "number" || !Number.isFinite(n) || n < 0)
      throw new NoReading(`“${field}” holds what is no count`);
  return counts as Record<string, number>;
}
