/** People (or records) per value of one attribute at one moment. */
export type DistributionPoint = {
  /** Milliseconds since 1970, UTC. */
  readonly t: number;
  readonly counts: Readonly<Record<string, number>>;
  /** Counts under this stand in "other"; absent: every value stands by its name. */
  readonly pooledBelow?: number;
};

/** One value of the attribute; shares are of all people counted. */
export type MovedCategory = {
  readonly category: string;
  readonly count: number;
  readonly share: number;
  /** What was foreseen, and the band that it usually stays in. */
  readonly expected: number;
  readonly low: number;
  readonly high: number;
};

export type DistributionVerdict = {
  /** false: nothing was judged or learned, since the point is empty, not finite, negative, or not newer than the last. */
  readonly used: boolean;
  /** Too few points so far: never flagged. */
  readonly learning: boolean;
  readonly flagged: boolean;
  /** −log₁₀ of how likely such a point is in a series like this one; 0: nothing strange. Always finite. */
  readonly score: number;
  /** Share of people with another value than foreseen: half the sum of the differences. */
  readonly totalVariation: number;
  /** Told by several points together, not by this one alone. */
  readonly gradual: boolean;
  /** The shift has lasted so long that this is normal from now on. */
  readonly newNormal: boolean;
  /** Values never seen so far with people now; values that had people and have none. */
  readonly newCategories: readonly string[];
  readonly vanishedCategories: readonly string[];
  /** Every value, the most moved first. */
  readonly moved: readonly MovedCategory[];
  readonly total: number;
  readonly maths: {
    readonly chiSquare: number;
    readonly degrees: number;
    /** Variance of an observed share p, per p: 1/total when chance alone is at work. */
    readonly spread: number;
    /** Points learned from. */
    readonly points: number;
  };
};
