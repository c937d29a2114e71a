/** What the integrity score is made of. */
export const DIMENSIONS = [
  "consent",
  "agreement",
  "completeness",
  "freshness",
  "stability",
  "readability",
] as const;
export type Dimension = (typeof DIMENSIONS)[number];

export type ScorePart = {
  readonly dimension: Dimension;
  /** 0 to 100, of the worst copy; null: can't tell, or nothing to judge. */
  readonly value: number | null;
  /** `partly`: something could not be judged, so the truth may be lower. */
  readonly state: "known" | "partly" | "cant_tell" | "not_applicable";
  /** Titles of the systems (of the whole company: audiences) that could not be judged. */
  readonly blind: readonly string[];
  /** One sentence: what sets the value. */
  readonly text: string;
};

/** The worst part, and never more than an unknown part allows. */
export type Score = {
  /** 0 to 100; null: can't tell. */
  readonly value: number | null;
  /** A part is not known: the truth may be lower, and no more than this may be claimed. */
  readonly atMost: boolean;
  /** What sets it: the worst part, or that a part is not known. null: nothing does, or can't tell. */
  readonly heldBy: Dimension | "unknown" | null;
  /** One sentence. */
  readonly text: string;
  readonly parts: readonly ScorePart[];
};
