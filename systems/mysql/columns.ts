import mysql, { type FieldPacket } from "mysql2";
import type { FieldType } from "../../core/model.ts";
import type { Column, TextRow } from "../sql/row.ts";

// the package is CommonJS: Node gives its names only through the default export
const { Types } = mysql;

/** What the server tells of a column. */
export type Field = Pick<FieldPacket, "name" | "columnType" | "columnLength" | "characterSet">;

const NUMBERS = new Set<number>([
  Types.DECIMAL,
  Types.TINY,
  Types.SHORT,
  Types.LONG,
  Types.FLOAT,
  Types.DOUBLE,
  Types.LONGLONG,
  Types.INT24,
  Types.YEAR,
  Types.NEWDECIMAL,
]);
const TIMES = new Set<number>([Types.TIMESTAMP, Types.DATE, Types.DATETIME, Types.NEWDATE]);
/** Both texts and bytes; the character set tells which. */
const STRINGS = new Set<number>([
  Types.VARCHAR,
  Types.TINY_BLOB,
  Types.MEDIUM_BLOB,
  Types.LONG_BLOB,
  Types.BLOB,
  Types.VAR_STRING,
  Types.STRING,
]);
const BINARY = 63;

function typeOf(f: Field): FieldType {
  const type = f.columnType ?? -1;
  // TINYINT(1) and BIT(1) are what MySQL has for a boolean
  if ((type === Types.TINY || type === Types.BIT) && f.columnLength === 1) return "boolean";
  if (type === Types.BIT || NUMBERS.has(type)) return "number";
  if (TIMES.has(type)) return "timestamp";
  return type === Types.JSON ? "json" : "text";
}

export type Decoder = { readonly columns: readonly Column[]; row(bytes: readonly unknown[]): TextRow };

/** Rows as the server sent them → text. Made once a query. */
export function decoder(fields: readonly Field[]): Decoder {
  const columns = fields.map((f): Column => ({ name: f.name, type: typeOf(f) }));
  const readers = fields.map((f) => {
    const type = f.columnType ?? -1;
    if (type === Types.BIT) return bits;
    if (TIMES.has(type)) return time;
    return STRINGS.has(type) && f.characterSet === BINARY ? textOrHex : utf8;
  });
  return {
    columns,
    row: (bytes) =>
      readers.map((read, i) => {
        const value = bytes[i];
        return Buffer.isBuffer(value) ? read(value) : null;
      }),
  };
}

const utf8 = (b: Buffer): string => b.toString("utf8");
const bits = (b: Buffer): string => (b.length === 0 ? "0" : BigInt(`0x${b.toString("hex")}`).toString());

/** MySQL's "zero date" is no date; 0000-00-00 must not be compared as a value. */
function time(b: Buffer): string | null {
  const text = utf8(b);
  return text.startsWith("0000-00-00") ? null : text;
}

const strict = new TextDecoder("utf-8", { fatal: true });

/** A binary column holds text that someone keeps so, or bytes (a UUID in 16 of them): those as hex. */
function textOrHex(b: Buffer): string {
  try {
    const text = strict.decode(b);
    return /\p{Cc}/u.test(text) ? b.toString("hex") : text;
  } catch (e) {
    if (e instanceof TypeError) return b.toString("hex");
    throw e;
  }
}
