/** A wait that is only known to lie above `low` and at most at `high`; `high` Infinity: it still lasts. */
export type Wait = { readonly low: number; readonly high: number; readonly people: number };

/** Where the estimate places people: above `low`, at most at `high`, with this share of them. */
export type Step = { readonly low: number; readonly high: number; readonly share: number };

const ROUNDS = 2000;
const SETTLED = 1e-8;

/**
 * Distribution of waits of which each is known as an interval only: Turnbull's self-consistency algorithm, the
 * maximum of the likelihood without any assumed shape. With exact ends and open ones it is the Kaplan–Meier estimate.
 * Within a step nothing is known about where its people are.
 *
 * @param waits half-open (low, high], in any unit; those that are no interval and those of nobody are left out
 * @returns steps by time with a share above nothing; they sum to 1. Empty without waits
 * @see Turnbull (1976), The Empirical Distribution Function with Arbitrarily Grouped, Censored and Truncated Data
 */
export function turnbull(waits: readonly Wait[]): Step[] {
  const given = merged(waits.filter((w) => w.people > 0 && w.low < w.high && w.low >= 0));
  const cells = innermost(given);
  if (cells.length === 0) return [];
  const covers = given.map((w) => [
    cells.findIndex((c) => c.low >= w.low),
    cells.findLastIndex((c) => c.high <= w.high),
  ]);
  const all = given.reduce((n, w) => n + w.people, 0);
  let shares = cells.map(() => 1 / cells.length);
  for (let round = 0; round < ROUNDS; round++) {
    const next = cells.map(() => 0);
    for (const [i, w] of given.entries()) {
      const [from = 0, to = 0] = covers[i] ?? [];
      let within = 0;
      for (let c = from; c <= to; c++) within += shares[c] as number;
      for (let c = from; c <= to; c++)
        next[c] = (next[c] as number) + (w.people * (shares[c] as number)) / (within * all);
    }
    const moved = Math.max(...next.map((s, c) => Math.abs(s - (shares[c] as number))));
    shares = next;
    if (moved < SETTLED) break;
  }
  return cells.flatMap((c, i) =>
    (shares[i] as number) > 1e-6 ? [{ ...c, share: shares[i] as number }] : [],
  );
}

/** The same interval once, with all its people: a round costs by interval, and polling leaves few of them. */
function merged(waits: readonly Wait[]): Wait[] {
  const byEnds = new Map<string, Wait>();
  for (const w of waits) {
    const ends = `${w.low} ${w.high}`;
    byEnds.set(ends, { ...w, people: w.people + (byEnds.get(ends)?.people ?? 0) });
  }
  return [...byEnds.values()];
}

/** The only places that can hold anybody: between a low end and the high end that follows it next. */
function innermost(waits: readonly Wait[]): { low: number; high: number }[] {
  const lows = [...new Set(waits.map((w) => w.low))].sort((a, b) => a - b);
  const highs = [...new Set(waits.map((w) => w.high))].sort((a, b) => a - b);
  return lows.flatMap((low, i) => {
    const high = highs.find((h) => h > low);
    const nextLow = lows[i + 1];
    return high === undefined || (nextLow !== undefined && nextLow < high) ? [] : [{ low, high }];
  });
}

/**
 * Bounds of the time by which a share of people got through. `high` Infinity: it may be any time above `low`.
 *
 * @param share 0 < share < 1
 * @returns null without steps
 * @example quantileOf([{ low: 0, high: 24, share: 0.9 }, { low: 24, high: 48, share: 0.1 }], 0.95) // { low: 24, high: 48 }
 */
export function quantileOf(steps: readonly Step[], share: number): { low: number; high: number } | null {
  let sum = 0;
  for (const s of steps) {
    sum += s.share;
    if (sum >= share - 1e-6) return { low: s.low, high: s.high };
  }
  const last = steps.at(-1);
  return last === undefined ? null : { low: last.low, high: last.high };
}
