import { count } from "../api/views/words.ts";

/**
 * Microseconds, measured with a million rows a side of six columns, Postgres 18 (docs/decisions/0017): processor time of
 * both machines together, on a link that takes none.
 */
const COST = {
  /** Send, receive, unpack, hash and sort a row. */
  travel: 5.5,
  /** Group a row on the server. Measured 4, and weighed more: a database has other work to do. */
  group: 6,
  /** One more connection, plan and statement. */
  start: 50_000,
};

export type Estimate = { readonly rows: number; readonly width: number };
export type Choice = { readonly push: boolean; readonly because: string };

/**
 * Is it cheaper to compare on the server? So it is where the link is slower than about a gigabit. That few people differ
 * is assumed, since nobody knows before; where all do, comparing there costs nearly twice (reckoned).
 *
 * @param bytesPerSecond how fast the server's answers arrive
 */
export function choosePushdown(sides: readonly Estimate[], bytesPerSecond: number): Choice {
  const rows = sides.reduce((n, s) => n + s.rows, 0);
  const bytes = sides.reduce((n, s) => n + s.rows * s.width, 0);
  const travel = rows * COST.travel + (bytes / bytesPerSecond) * 1e6;
  const push = COST.start + rows * COST.group;
  const seconds = (us: number): string => `${(us / 1e6).toFixed(1)} s`;
  return {
    push: push < travel,
    because: `about ${count(Math.round(rows))} rows of ${Math.round(bytes / Math.max(1, rows))} bytes at ${count(Math.round(bytesPerSecond / 1e6))} MB/s: reading them ${seconds(travel)}, comparing them there ${seconds(push)}`,
  };
}
