import { count } from "../api/views/words.ts";

/**
 * Microseconds, measured with a million rows a side of six columns, Postgres 18 (docs/decisions/0017): processor time of
 * both machines together, on a link that takes none.
 */
const COST = {
  /** Send, receive, unpack, hash and sort a row. */
  travel: 5.5,
  /** Send a row with COPY, which an audit takes as bytes (docs/decisions/0019): ours is the same time either way. */
  take: 0.5,
  /** Group a row on the server. Measured 4, and weighed more: a database has other work to do. */
  group: 6,
  /** One more connection, plan and statement. */
  start: 50_000,
};

export type Estimate = { readonly rows: number; readonly width: number };
export type Choice = { readonly push: boolean; readonly because: string };

/**
 * Is it cheaper to compare on the server? For a comparison of two segments so it is where the link is slower than about a
 * gigabit. That few people differ is assumed where nobody knows; where all do, comparing there costs nearly twice
 * (reckoned).
 *
 * @param sides what the server groups
 * @param bytesPerSecond how fast its answers arrive
 * @param o which of them need not travel then (all), what share of those does nevertheless (none), and who takes them
 */
export function choosePushdown(
  sides: readonly Estimate[],
  bytesPerSecond: number,
  o: {
    readonly spared?: readonly Estimate[];
    readonly share?: number;
    readonly by?: "compare" | "audit";
  } = {},
): Choice {
  const { spared = sides, share = 0, by = "compare" } = o;
  const rows = rowsOf(spared);
  const bytes = spared.reduce((n, s) => n + s.rows * s.width, 0);
  const travel = rows * (by === "audit" ? COST.take : COST.travel) + (bytes / bytesPerSecond) * 1e6;
  const push = COST.start + rowsOf(sides) * COST.group + share * travel;
  const seconds = (us: number): string => `${(us / 1e6).toFixed(1)} s`;
  const differing = share > 0 ? `, about ${Math.ceil(share * 100)} % of them differing` : "";
  return {
    push: push < travel,
    because: `about ${count(Math.round(rows))} rows of ${Math.round(bytes / Math.max(1, rows))} bytes at ${count(Math.round(bytesPerSecond / 1e6))} MB/s${differing}: reading them ${seconds(travel)}, comparing them there ${seconds(push)}`,
  };
}

const rowsOf = (sides: readonly Estimate[]): number => sides.reduce((n, s) => n + s.rows, 0);
