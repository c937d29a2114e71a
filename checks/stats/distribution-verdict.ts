import type { DistributionPoint, DistributionVerdict, MovedCategory } from "../../core/distribution.ts";
import { OTHER } from "./category-table.ts";
import { type ShareVerdict, totalVariation } from "./share-judge.ts";
import type { Unrest } from "./unrest.ts";

/** Half a width of the band of a share, in standard deviations. */
const BAND = 3;
/** A value is new or gone when that many people, and this share of all, have it or had it. */
const LEAST_PEOPLE = 5;
const LEAST_SHARE = 0.005;
/** Fewer foreseen than this is nobody. */
const NOBODY = 0.5;

export const NOT_USED: DistributionVerdict = {
  used: false,
  learning: false,
  flagged: false,
  score: 0,
  totalVariation: 0,
  gradual: false,
  newNormal: false,
  newCategories: [],
  vanishedCategories: [],
  moved: [],
  total: 0,
  maths: { chiSquare: 0, degrees: 0, spread: 0, points: 0 },
};

/** Counts and their sum; null when the point cannot be used. */
export function usable(
  point: DistributionPoint,
  last: number | null,
): { counts: readonly (readonly [string, number])[]; total: number } | null {
  if (!Number.isFinite(point.t) || (last !== null && point.t <= last)) return null;
  const counts = Object.entries(point.counts);
  let total = 0;
  for (const [, n] of counts) {
    if (!Number.isFinite(n) || n < 0) return null;
    total += n;
  }
  return total > 0 && Number.isFinite(total) ? { counts, total } : null;
}

export type Judged = {
  readonly names: readonly string[];
  readonly share: readonly number[];
  readonly total: number;
  readonly foreseen: readonly number[];
  readonly spread: number;
  readonly unrest: Unrest;
  readonly off: readonly number[];
  readonly judged: ShareVerdict | null;
  readonly score: number;
  readonly points: number;
  readonly flagged: boolean;
  readonly gradual: boolean;
  readonly newNormal: boolean;
  readonly learning: boolean;
};

export function verdictOf(j: Judged): DistributionVerdict {
  const unrest = j.unrest.factors(j.share.length);
  const moved: MovedCategory[] = [];
  for (const [c, category] of j.names.entries()) {
    const share = j.share[c] as number;
    const expected = j.foreseen[c] as number;
    if (category === OTHER && share === 0 && expected === 0) continue;
    const half = BAND * Math.sqrt(expected * (1 - Math.min(1, expected)) * j.spread * (unrest[c] as number));
    moved.push({
      category,
      count: Math.round(share * j.total),
      share,
      expected,
      low: Math.max(0, expected - half),
      high: Math.min(1, expected + half),
    });
  }
  moved.sort((a, b) => Math.abs(b.share - b.expected) - Math.abs(a.share - a.expected));
  const enough = Math.max(LEAST_PEOPLE, LEAST_SHARE * j.total);
  const named = moved.filter((m) => m.category !== OTHER);
  return {
    used: true,
    learning: j.learning,
    flagged: j.flagged,
    score: Number.isFinite(j.score) ? j.score : 0,
    totalVariation: totalVariation(j.off),
    gradual: j.gradual,
    newNormal: j.newNormal,
    newCategories: named
      .filter((m) => m.expected * j.total < NOBODY && m.count >= enough)
      .map((m) => m.category),
    vanishedCategories: named
      .filter((m) => m.count === 0 && m.expected * j.total >= enough)
      .map((m) => m.category),
    moved,
    total: j.total,
    maths: {
      chiSquare: j.judged?.chiSquare ?? 0,
      degrees: j.judged?.degrees ?? 0,
      spread: j.spread,
      points: j.points,
    },
  };
}
