import { count } from "../api/views/words.ts";

/**
 * Microseconds a row, measured with 1 million rows a side of six columns, Postgres 18 (docs/decisions/0017). Only their
 * ratio matters, and what a link adds to it.
 */
const COST = {
  /** Send, receive, unpack, hash and sort a row. */
  travel: 7,
  /** Group a row on the server, with its work memory too small for all. */
  group: 4,
  /** Plan and start one more statement. */
  start: 50_000,
};

export type Estimate = { readonly rows: number; readonly width: number };
export type Choice = { readonly push: boolean; readonly because: string };

/**
 * Is it cheaper to compare on the server? Both are reckoned as elapsed time; that few people differ is assumed, since
 * nobody knows before.
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
    because: `about ${count(rows)} rows of ${Math.round(bytes / Math.max(1, rows))} bytes at ${count(Math.round(bytesPerSecond / 1e6))} MB/s: reading them ${seconds(travel)}, comparing them there ${seconds(push)}`,
  };
}
