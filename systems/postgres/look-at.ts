import type pg from "pg";
import { AuditorError } from "../../core/errors.ts";
import { declareCursor } from "./cursor.ts";
import { isPlain } from "./plain.ts";

/** A column of a result: its name and the object id of its type. */
export type ResultColumn = { readonly name: string; readonly oid: number };

/** What the server says of a query without running it. */
export type Look = {
  readonly columns: readonly ResultColumn[];
  /** The planner's guesses: rows, and bytes of a row. */
  readonly rows: number;
  readonly width: number;
};

/** The query as it may stand in brackets: without its last semicolon, and a comment at its end is ended. */
export const inBrackets = (sql: string): string => `(${sql.replace(/[\s;]+$/, "")}\n)`;

/**
 * Columns and size of a query, which is understood and planned by itself, in a protocol that takes one statement only. So
 * what is put into brackets later is a whole query and nothing that closes them. Needs a transaction, and takes the name
 * `plumbline` in it.
 *
 * @throws what the server says of the query: a syntax error, a table that may not be read
 */
export async function lookAt(client: pg.Client, where: string, sql: string): Promise<Look> {
  const query = sql.replace(/[\s;]+$/, "");
  const size = isPlain(client) ? UNKNOWN : await estimated(client, where, query);
  await declareCursor(client, query);
  const { fields } = await client.query("fetch forward 0 from plumbline");
  await client.query("close plumbline");
  return { columns: fields.map((f) => ({ name: f.name, oid: f.dataTypeID })), ...size };
}

type Size = Pick<Look, "rows" | "width">;
/** A plain server has no plans to be read by programs, and nothing is compared there. */
const UNKNOWN: Size = { rows: 0, width: 0 };

async function estimated(client: pg.Client, where: string, query: string): Promise<Size> {
  // the extended protocol takes one statement
  const explain: pg.QueryConfig & { readonly queryMode: "extended" } = {
    text: `explain (format json) ${query}`,
    queryMode: "extended",
  };
  const { rows } = await client.query<{ "QUERY PLAN": string }>(explain);
  return estimate(where, rows[0]?.["QUERY PLAN"] ?? "");
}

function estimate(where: string, text: string): Size {
  const plans: unknown = JSON.parse(text);
  const top: unknown = Array.isArray(plans) ? plans[0] : null;
  if (typeof top === "object" && top !== null && "Plan" in top) {
    const plan = top.Plan;
    if (typeof plan === "object" && plan !== null && "Plan Rows" in plan && "Plan Width" in plan)
      return { rows: Number(plan["Plan Rows"]), width: Number(plan["Plan Width"]) };
  }
  throw new AuditorError(
    "permanent",
    where,
    "the server's plan has no estimate",
    "report this with the server's version",
  );
}
