import type pg from "pg";
import { AuditorError } from "../../core/errors.ts";

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
 * Columns and size of a query. It is understood by itself first, in a protocol that takes one statement only, so what
 * is put into brackets later is a whole query and nothing that closes them.
 *
 * @throws what the server says of the query: a syntax error, a table that may not be read
 */
export async function lookAt(client: pg.Client, where: string, sql: string): Promise<Look> {
  const explain: pg.QueryConfig & { readonly queryMode: "extended" } = {
    text: `explain (format json) ${sql.replace(/[\s;]+$/, "")}`,
    queryMode: "extended",
  };
  const { rows } = await client.query<{ "QUERY PLAN": string }>(explain);
  const { fields } = await client.query(`select * from ${inBrackets(sql)} as q limit 0`);
  return {
    columns: fields.map((f) => ({ name: f.name, oid: f.dataTypeID })),
    ...estimate(where, rows[0]?.["QUERY PLAN"] ?? ""),
  };
}

function estimate(where: string, text: string): { rows: number; width: number } {
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
