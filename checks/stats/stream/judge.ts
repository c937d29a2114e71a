import type { StreamKind, StreamTest } from "../../../core/stream.ts";
import type { Cadence } from "./calendar.ts";
import type { CusumAlarm } from "./cusum.ts";
import type { PointTail } from "./point-tails.ts";
import { rateUnit } from "./scale.ts";
import type { WindowAlarm } from "./windows.ts";

/**
 * The budget of false alarms, shared out: log10 of the points between two false alarms of each test. Together they
 * come to about one in a thousand series-days.
 */
const BUDGET: Readonly<Record<StreamTest, number>> = {
  point: 3.3,
  drift: 5,
  lasting: 3.8,
  window: 4,
  stale: 4,
};
/** A series read every hour has more points in a day: its budgets are larger by this, which does not make up for all. */
const OFTEN = 1.15;
/** Points seen before anything is told, and before sums over days are. */
const FIRST = 5;
const FIRST_WINDOW = 21;
/** Slow models that hardly explain the series say nothing of what lasts. */
const SLOW_ENOUGH = 0.3;
/** The least move worth telling, on the kind's scale: about a share of the value. */
const LEAST = { size: 0.02, count: 0.1, latency: 0.15, gauge: 0 } as const;

export type Evidence = {
  readonly kind: StreamKind;
  readonly seen: number;
  readonly cadence: Cadence;
  readonly mean: number;
  readonly slowShare: number;
  readonly off: number;
  readonly point: PointTail;
  readonly window: WindowAlarm;
  readonly drift: CusumAlarm;
  readonly lasting: CusumAlarm;
  readonly stale: { readonly rarity: number; readonly run: number };
};

export type Judged = {
  readonly score: number;
  readonly test: StreamTest | null;
  readonly side: -1 | 0 | 1;
  readonly points: number;
  readonly windowRarity: number;
};

/** Weighs every test against its part of the budget; the strangest speaks. Both rarity and size are needed. */
export function judge(e: Evidence): Judged {
  const least = e.kind === "rate" ? 0.05 * rateUnit(Math.sin(e.mean / 2) ** 2) : LEAST[e.kind];
  const care = (1 + 1 / e.seen) * (e.cadence === "daily" ? 1 : OFTEN);
  const slow = Math.min(1, e.slowShare / SLOW_ENOUGH);
  const lastingOff = Math.abs(e.lasting.moved) / Math.max(1, e.lasting.since);
  const { rarity: window, width } = e.seen > FIRST_WINDOW ? e.window : { rarity: 0, width: 0 };
  const scores: readonly (readonly [StreamTest, number, number, number])[] = [
    ["point", (e.point.rarity * enough(Math.abs(e.off), least)) / care, e.point.z, 1],
    [
      "drift",
      (e.drift.rarity * enough(e.drift.side * e.drift.moved, 1.5 * least)) / care,
      e.drift.side,
      e.drift.since,
    ],
    [
      "lasting",
      (e.lasting.rarity * slow * enough(lastingOff, least)) / care,
      e.lasting.side,
      e.lasting.since,
    ],
    ["window", (window * slow) / care, e.window.side, width],
    ["stale", e.stale.rarity, 0, e.stale.run],
  ];
  let best: Judged = { score: 0, test: null, side: 0, points: 0, windowRarity: window };
  if (e.seen < FIRST) return best;
  for (const [test, rarity, side, points] of scores) {
    const score = rarity / BUDGET[test];
    if (score > best.score)
      best = { score, test, side: Math.sign(side) as -1 | 0 | 1, points, windowRarity: window };
  }
  return best;
}

const enough = (effect: number, least: number): number =>
  least <= 0 ? 1 : Math.max(0, Math.min(1, effect / least));
