/** What told: one point, a move that adds up, a level that lasts, a mean over days, equal values. */
export type StreamTest = "point" | "drift" | "lasting" | "window" | "stale";

export type StreamVerdict = {
  /** Higher is stranger; above 1 is an alarm. Finite. */
  readonly score: number;
  readonly flagged: boolean;
  /** An alarm that has not died down yet: it opens above 1 and closes below 0.6. */
  readonly open: boolean;
  /** In the metric's unit; null while nothing can be said. `low` to `high` is what 999 of 1000 quiet points keep to. */
  readonly expected: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Normal deviate of the point, with its side as sign; null while nothing can be said. */
  readonly z: number | null;
  /** The strongest test, above or below; null: none says anything. */
  readonly test: StreamTest | null;
  readonly side: -1 | 0 | 1;
  /** Points that the strongest test looks back over; 1 for a single point. */
  readonly points: number;
  /** After days of the same side this value was taken as the new normal. */
  readonly newNormal: boolean;
  /** Why the point was left out; null: it was taken in. */
  readonly because: "first" | "not a value" | "late" | null;
};

export const unjudged = (because: StreamVerdict["because"], open = false): StreamVerdict => ({
  score: 0,
  flagged: false,
  open,
  expected: null,
  low: null,
  high: null,
  z: null,
  test: null,
  side: 0,
  points: 0,
  newNormal: false,
  because,
});
