import { inBrackets, type ResultColumn } from "./look-at.ts";
import { keyOf, othersOf, PLAIN, type PlainKind, recordOf, TRIMMED, textOf } from "./plain-sql.ts";

/** One of the two queries, and which of its columns are compared. */
export type Side = {
  readonly sql: string;
  readonly columns: readonly ResultColumn[];
  /** Places among the columns. */
  readonly id: number;
  readonly attributes: readonly number[];
};

export type DifferenceQuery = { readonly text: string; readonly values: readonly string[] };

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
export function differenceQuery(kind: PlainKind, sides: readonly [Side, Side]): DifferenceQuery {
  const names = sides[0].attributes.map((_, a) => `a${a}`);
  const list = names.map((name) => `, ${name}`).join("");
  const rowsOf = (side: Side, s: number): string => {
    const columns = side.columns.map((_, c) => `c${c}`).join(", ");
    const values = side.attributes.map((at, a) => `, ${valueAt(side, at)} as a${a}`).join("");
    return `select ${s} as side, row_number() over () as pos, ${keyOf(kind, "id", { trimmed: "$1", plain: "$2" })} as key, id${list}
      from (select ${valueAt(side, side.id)} as id${values} from ${inBrackets(side.sql)} as q(${columns})) as t`;
  };
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
      ${othersOf(`select key, side, ${recordOf(names)} collate "C" as record from entry where key is not null`)}
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

const valueAt = (side: Side, at: number): string => textOf((side.columns[at] as ResultColumn).oid, `c${at}`);
