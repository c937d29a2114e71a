import type { IdentifierKind } from "../../core/model.ts";

/** A phone number has many spellings, so none is plain. */
export type PlainKind = Exclude<IdentifierKind, "phone">;

/** What String.trim takes off. @see ECMA-262, WhiteSpace and LineTerminator */
export const TRIMMED =
  "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff";

/**
 * Identifiers that are plain: `normalise` leaves them as they are but for case, and nothing that is not plain comes out
 * as one of them. Up to 64 letters, so that neither the local part nor a label is too long. An id without any digit
 * may be a placeholder.
 */
export const PLAIN: Readonly<Record<PlainKind, string>> = {
  email: "^[A-Za-z0-9._+-]+@([A-Za-z0-9]+[.-])*[A-Za-z0-9]+[.][A-Za-z0-9]+$",
  customer_id: "^[!-~]*[0-9][!-~]*$",
};
const PLAIN_LETTERS = 64;

const BOOLEAN = 16;
/** Their cast to text writes what their output does: int8, int2, int4, text, float4, float8, varchar, date, timestamps, numeric. */
const CAST_AS_WRITTEN = new Set([20, 21, 23, 25, 700, 701, 1043, 1082, 1114, 1184, 1700]);

/** A value as it would be read: as the server writes it, yes and no as true and false. */
export function textOf(oid: number, name: string): string {
  if (oid === BOOLEAN || CAST_AS_WRITTEN.has(oid)) return `${name}::text collate "C"`;
  return `case when ${name} is not null then format('%s', ${name}) end collate "C"`;
}

/**
 * Who a text names; null where it is not plain.
 *
 * @param values how the statement writes TRIMMED and the PLAIN of this kind
 */
export function keyOf(
  kind: PlainKind,
  name: string,
  values: { readonly trimmed: string; readonly plain: string },
): string {
  const plain = (x: string): string => `${x} ~ ${values.plain} and length(${x}) <= ${PLAIN_LETTERS}`;
  const fold = (x: string): string => (kind === "email" ? `lower(${x})` : x);
  const trimmed = `btrim(${name}, ${values.trimmed})`;
  return `case when ${plain(name)} then ${fold(name)} when ${plain(trimmed)} then ${fold(trimmed)} end`;
}

/** Texts as one, in which nothing can be taken for something else. */
export const recordOf = (texts: readonly string[]): string =>
  texts.length === 0 ? "''" : texts.map((text) => `quote_nullable(${text})`).join(" || ',' || ");

/** Keys of `rows(key, side, record)` who are not exactly once on each of the sides 0 and 1 with the same record. */
export const othersOf = (rows: string): string =>
  `select key from (${rows}) as r
      group by key having not (count(*) = 2 and sum(side) = 1 and min(record) = max(record))`;
