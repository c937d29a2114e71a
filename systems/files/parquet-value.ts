import type { ParquetParsers, SchemaElement } from "hyparquet";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Times and texts as a CSV export would write them: that is what the same value looks like in the other file.
 * JSON stays the text that it is.
 */
export const TEXT_PARSERS: Partial<ParquetParsers> = {
  timestampFromMilliseconds: (ms: bigint) => timeText(Number(ms)),
  timestampFromMicroseconds: (us: bigint) => timeText(Number(us / 1000n)),
  timestampFromNanoseconds: (ns: bigint) => timeText(Number(ns / 1_000_000n)),
  dateFromDays: (days: number) => timeText(days * 86_400_000).slice(0, 10),
  stringFromBytes: (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : utf8.decode(bytes)),
  jsonFromBytes: (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : utf8.decode(bytes)),
};

/** "" for what no calendar has: an unreadable time is no time. */
function timeText(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}

export class NotExact extends Error {}

/**
 * One value as text; nothing is "".
 *
 * @throws NotExact for a decimal that a floating-point number cannot hold: cut off, it would be another person's id
 */
export function valueText(value: unknown, element: SchemaElement): string {
  if (value === null || value === undefined) return "";
  switch (typeof value) {
    case "string":
      return value;
    case "number":
      return numberText(value, element);
    case "bigint":
    case "boolean":
      return String(value);
    default:
      return value instanceof Uint8Array ? Buffer.from(value).toString("hex") : JSON.stringify(value, plain);
  }
}

function numberText(value: number, element: SchemaElement): string {
  if (Number.isNaN(value)) return "";
  if (element.converted_type === "DECIMAL") {
    const scale = element.scale ?? 0;
    if (Math.abs(value) * 10 ** scale > Number.MAX_SAFE_INTEGER) throw new NotExact();
    return value.toFixed(scale);
  }
  // single precision has 7 digits; the rest would be noise that no other export shows
  if (element.type === "FLOAT") return String(Number(value.toPrecision(7)));
  return String(value);
}

const plain = (_: string, v: unknown): unknown => (typeof v === "bigint" ? String(v) : v);
