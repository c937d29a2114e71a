import type { IdentifierKind } from "../../core/model.ts";
import { inBrackets, type ResultColumn } from "./look-at.ts";

/** One of the two queries, and which of its columns are compared. */
export type Side = {
  readonly sql: string;
  readonly columns: readonly ResultColumn[];
  /** Places among the columns. */
  readonly id: number;
  readonly attributes: readonly number[];
};

export type DifferenceQuery = { readonly text: string; readonly values: readonly string[] };

/** What String.trim takes off. @see ECMA-262, WhiteSpace and LineTerminator */
export const TRIMMED =
  "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff";

/**
 * Identifiers that are plain: `normalise` leaves them as they are but for case, and nothing that is not plain comes out
 * as one of them. Up to 64 letters, so that neither the local part nor a label is too long. An id without any digit
 * may be a placeholder. A phone number has many spellings, so none is plain.
 */
const PLAIN: Readonly<Record<Exclude<IdentifierKind, "phone">, string>> = {
  email: "^[A-Za-z0-9._+-]+@([A-Za-z0-9]+[.-])*[A-Za-z0-9]+[.][A-Za-z0-9]+$",
  customer_id: "^[!-~]*[0-9][!-~]*$",
};
const PLAIN_LETTERS = 64;

const BOOLEAN = 16;
/** Their cast to text writes what their output does: int8, int2, int4, text, float4, float8, varchar, date, timestamps, numeric. */
const CAST_AS_WRITTEN = new Set([20, 21, 23, 25, 700, 701, 1043, 1082, 1114, 1184, 1700]);

/** A value as it would be read: as the server writes it, yes and no as true and false. */
function textOf(column: ResultColumn, at: number): string {
  const name = `c${at}`;
  if (column.oid === BOOLEAN || CAST_AS_WRITTEN.has(column.oid)) return `${name}::text collate "C"`;
  return `case when ${name} is not null then format('%s', ${name}) end collate "C"`;
}

/** null where the identifier is not plain. */
function keyOf(kind: Exclude<IdentifierKind, "phone">): string {
  const plain = (x: string): string => `${x} ~ $2 and length(${x}) <= ${PLAIN_LETTERS}`;
  const fold = (x: string): string => (kind === "email" ? `lower(${x})` : x);
  const trimmed = "btrim(id, $1)";
  return `case when ${plain("id")} then ${fold("id")} when ${plain(trimmed)} then ${fold(trimmed)} end`;
}

/**
 * One statement that compares two queries on the server and returns what has to be judged here: first a row with what
 * needs no judgement, then rows of both sides in the order of their queries.
 *
 * - side −1: in `id` the people whom each side has exactly once, under a plain identifier and with the same text in every
 *   attribute; in the attributes, of how many of them it is empty.
 * - side 0 and 1: every row of everybody else: in one query only, twice in one, another value, or an identifier that is
 *   not plain.
 *
 * All as text. Both queries are run once, in one statement, so what they show is one truth even where they are not
 * repeatable. No name of a table or column is written: columns are called by their place.
 *
 * @returns columns side, id, and one per attribute
 */
export function differenceQuery(
  kind: Exclude<IdentifierKind, "phone">,
  sides: readonly [Side, Side],
): DifferenceQuery {
  const names = sides[0].attributes.map((_, a) => `a${a}`);
  const list = names.map((name) => `, ${name}`).join("");
  const rowsOf = (side: Side, s: number): string => {
    const columns = side.columns.map((_, c) => `c${c}`).join(", ");
    const values = side.attributes.map((at, a) => `, ${valueAt(side, at)} as a${a}`).join("");
    return `select ${s} as side, row_number() over () as pos, ${keyOf(kind)} as key, id${list}
      from (select ${valueAt(side, side.id)} as id${values} from ${inBrackets(side.sql)} as q(${columns})) as t`;
  };
  const record =
    names.length === 0 ? "''" : names.map((name) => `quote_nullable(${name})`).join(" || ',' || ");
  const empties = names
    .map((name) => `, (count(*) filter (where btrim(coalesce(e.${name}, ''), $1) = ''))::text`)
    .join("");
  const theirs = names.map((name) => `, e.${name}`).join("");
  return {
    text: `with entry as materialized (
      ${rowsOf(sides[0], 0)}
      union all
      ${rowsOf(sides[1], 1)}
    ), other as materialized (
      select key from (select key, side, ${record} collate "C" as record from entry where key is not null) as r
      group by key having not (count(*) = 2 and sum(side) = 1 and min(record) = max(record))
    )
    select side, id${list} from (
      select -1 as side, 0::bigint as pos, count(*)::text as id${empties}
      from entry as e left join other as o on o.key = e.key
      where e.side = 0 and e.key is not null and o.key is null
      union all
      select e.side, e.pos, e.id${theirs}
      from entry as e left join other as o on o.key = e.key
      where e.key is null or o.key is not null
    ) as told(side, pos, id${list})
    order by side, pos`,
    values: [TRIMMED, PLAIN[kind]],
  };
}

const valueAt = (side: Side, at: number): string => textOf(side.columns[at] as ResultColumn, at);
