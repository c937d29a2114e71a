import pg from "pg";
import { inBrackets, type ResultColumn } from "./look-at.ts";
import { keyOf, othersOf, PLAIN, type PlainKind, recordOf, TRIMMED, textOf } from "./plain-sql.ts";

export type MarkedQueryOf = { readonly sql: string; readonly columns: readonly ResultColumn[] };
/** `places`: for each of the owner's columns the copy's own with the same meaning; null: the copy has none. */
export type MarkedCopy = MarkedQueryOf & { readonly places: readonly (number | null)[] };

/** Positions of one query stay below: it never returns as many rows. */
const ROWS = 2 ** 40;

/**
 * One query with all rows of an owner, and of each of its copies the rows that are not among them.
 *
 * Its columns are the owner's, then `mark` and `pos`. The mark of an owner's row has a 1 for each copy that has the same
 * row: of somebody whom both have exactly once, under a plain identifier, with the same text in every column of the copy;
 * and a 0 for the others. A copy's own row is marked `c1`, `c2` … `pos` grows in the order of the queries, copy after
 * copy; it is null in an owner's row with a 1, since of nobody in there the order could matter.
 *
 * Every query is run once, so what this shows is one truth even where they are not repeatable. Columns are called by their
 * place. What is written into it besides is ours: COPY takes no parameters.
 *
 * @param id the owner's column that names people; every copy has it
 */
export function markedQuery(
  kind: PlainKind,
  id: number,
  owner: MarkedQueryOf,
  copies: readonly MarkedCopy[],
): string {
  const values = { trimmed: pg.escapeLiteral(TRIMMED), plain: pg.escapeLiteral(PLAIN[kind]) };
  const rowsOf = ({ sql, columns }: MarkedQueryOf, idAt: number, places: readonly number[]): string => {
    const names = columns.map((_, c) => `c${c}`).join(", ");
    const kept = [...new Set(places)].map((c) => `c${c}`).join(", ");
    const raw = textOf((columns[idAt] as ResultColumn).oid, `c${idAt}`);
    return `select row_number() over () as pos, ${keyOf(kind, "raw", values)} as key, ${kept}
      from (select ${raw} as raw, q.* from ${inBrackets(sql)} as q(${names})) as t`;
  };
  const tables = copies.map((copy, n) => {
    const pairs = copy.places.flatMap((place, at) => (place === null ? [] : [[at, place] as const]));
    const entry = (table: string, side: number, texts: readonly string[]): string =>
      `select key, ${side} as side, ${recordOf(texts)} collate "C" as record from ${table} where key is not null`;
    const theirs = pairs.map(([, place]) => textOf((copy.columns[place] as ResultColumn).oid, `c${place}`));
    const owners = pairs.map(([at]) => textOf((owner.columns[at] as ResultColumn).oid, `c${at}`));
    const wanted = pairs.map(([, place]) => place);
    return `copy${n} as materialized (${rowsOf(copy, copy.places[id] as number, wanted)}),
    other${n} as materialized (${othersOf(`${entry("owner", 0, owners)} union all ${entry(`copy${n}`, 1, theirs)}`)})`;
  });
  const same = copies.map((_, n) => `(o.key is not null and other${n}.key is null)`);
  const joined = copies.map((_, n) => `left join other${n} on other${n}.key = o.key`).join(" ");
  const columns = owner.columns.map((_, c) => `o.c${c}`).join(", ");
  const mark = same.map((s) => `case when ${s} then '1' else '0' end`).join(" || ");
  const left = copies.map(({ places }, n) => {
    const values = places.map((place) => (place === null ? "null" : `c.c${place}`)).join(", ");
    return `union all select ${values}, 'c${n + 1}', c.pos + ${ROWS * (n + 1)}
        from copy${n} as c left join other${n} on other${n}.key = c.key where c.key is null or other${n}.key is not null`;
  });
  return `with owner as materialized (${rowsOf(owner, id, [...owner.columns.keys()])}),
    ${tables.join(",\n    ")}
    select ${columns}, ${mark} as mark, null::bigint as pos from owner as o ${joined} where ${same.join(" or ")}
    union all select * from (
      select * from (
        select ${columns}, ${mark} as mark, o.pos from owner as o ${joined} where not (${same.join(" or ")})
        ${left.join("\n        ")}
      ) as own order by pos
    ) as others`;
}

/** Does a row with this mark belong to the owner (0), or to the copy of this number from 1? */
export const isMarked = (mark: string | null | undefined, side: number): boolean =>
  mark?.startsWith("c") ? mark === `c${side}` : side === 0 || mark?.[side - 1] === "1";

/**
 * Counts rows by their positions, and looks whether these grow: of several rows of one person the first counts, and SQL
 * promises no order of a UNION ALL.
 */
export class MarkedOrder {
  /** Rows that came with a position: of the owner, and of each copy. */
  readonly rows: number[];
  kept = true;
  #last = 0;

  /** @param sides the owner and its copies */
  constructor(sides: number) {
    this.rows = new Array<number>(sides).fill(0);
  }

  /** @returns has the order been kept so far? */
  next(pos: number): boolean {
    if (!(pos > this.#last)) this.kept = false;
    this.#last = pos;
    const side = Math.floor(pos / ROWS);
    this.rows[side] = (this.rows[side] ?? 0) + 1;
    return this.kept;
  }
}
