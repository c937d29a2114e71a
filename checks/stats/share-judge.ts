import { logChiSquareTail, logGammaLower } from "./gamma-tail.ts";

export type Shares = ArrayLike<number>;

/** What is foreseen of a distribution: shares, and how far chance and habit carry them. */
export type Foreseen = {
  readonly shares: Shares;
  /** How restless each category is against the others; 1: as the rest. */
  readonly unrest: Shares;
  /** People counted now. */
  readonly people: number;
  /** Degrees of freedom of the tails: fewer when little is known yet. */
  readonly certainty: number;
};

export type ShareVerdict = {
  /** −log₁₀ p of all categories together, and of the one that is strangest (corrected for their number). */
  readonly together: number;
  readonly alone: number;
  readonly chiSquare: number;
  readonly degrees: number;
};

/** Categories with fewer expected are judged together. */
const COUNTED = 3;
/** Fewer people than this are no evidence about one category, however often the same ones are seen. */
const LEAST_PEOPLE = 4;
/** Counts up to this many expected are far from normal: their tail is that of a gamma distribution. */
const SKEWED = 30;
const MOST_SKEWED = 30;

/** −log₁₀ of the chance of such a χ², with a tail that is heavier the less is known. */
const tail = (x2: number, degrees: number, certainty: number): number =>
  -logChiSquareTail(certainty * Math.log1p(x2 / certainty), degrees) / Math.LN10;

/** A value that nobody has had so far still has half a person in every few readings. */
export const leastShare = (people: number, points: number): number => 0.5 / (people * Math.min(points, 4));

/**
 * Pearson's χ² of differences from the foreseen shares, over the series' own spread instead of the multinomial one.
 *
 * @param off observed − foreseen shares (or their mean over some time)
 * @param spread variance of `off` for a share p, per p
 * @param now the spread of a single observation
 * @param least smallest share that a category counts with
 */
export function judgeShares(
  off: Shares,
  spread: number,
  now: number,
  least: number,
  f: Foreseen,
): ShareVerdict {
  const k = off.length;
  // People that would give this much spread by chance alone; for a mean of some time they are more.
  const effective = Math.min(1 / spread, (f.people * now) / spread);
  let x2 = 0;
  let degrees = -1;
  let rareShare = 0;
  let rareOff = 0;
  let normal = 0;
  let skewed = 0;
  for (let c = 0; c < k; c++) {
    const p = Math.max(f.shares[c] as number, least);
    const r = off[c] as number;
    const unrest = f.unrest[c] as number;
    const z2 = (r * r) / (p * spread * unrest);
    if (effective * p < COUNTED) {
      rareShare += p;
      rareOff += r;
    } else {
      x2 += z2;
      degrees++;
    }
    if (Math.abs(r) * f.people < LEAST_PEOPLE || z2 < 4) continue;
    const own = effective / unrest;
    if (r > 0 && own * p < SKEWED) skewed = Math.max(skewed, -logGammaLower((p + r) * own, p * own));
    else normal = Math.max(normal, z2 / (1 - Math.min(p, 0.999)));
  }
  if (rareShare > 0 && effective * rareShare >= 1) {
    x2 += (rareOff * rareOff) / (rareShare * spread);
    degrees++;
  }
  const alone = Math.max(Math.min(skewed / Math.LN10, MOST_SKEWED), tail(normal, 1, f.certainty));
  return {
    together: degrees >= 1 ? tail(x2, degrees, f.certainty + degrees - 1) : 0,
    alone: Math.max(0, alone - Math.log10(k)),
    chiSquare: x2,
    degrees: Math.max(0, degrees),
  };
}

export const strangest = (v: ShareVerdict): number => Math.max(v.together, v.alone);

/** Half the sum of differences: the share of people with another value. */
export function totalVariation(off: Shares): number {
  let sum = 0;
  for (let c = 0; c < off.length; c++) sum += Math.abs(off[c] as number);
  return sum / 2;
}

/** How much of `a` points along `b`: 1 when it is as far, 0 when it is elsewhere. */
export function along(a: Shares, b: Shares): number {
  let dot = 0;
  let size = 0;
  for (let c = 0; c < b.length; c++) {
    dot += ((a[c] ?? 0) as number) * (b[c] as number);
    size += (b[c] as number) ** 2;
  }
  return size > 0 ? dot / size : 0;
}

/** Cosine of the angle between two differences, 0 when one is nothing. */
export function likeness(a: Shares, b: Shares): number {
  let [dot, x, y] = [0, 0, 0];
  for (let c = 0; c < Math.max(a.length, b.length); c++) {
    const [u, v] = [a[c] ?? 0, b[c] ?? 0];
    dot += u * v;
    x += u * u;
    y += v * v;
  }
  return x > 0 && y > 0 ? dot / Math.sqrt(x * y) : 0;
}
