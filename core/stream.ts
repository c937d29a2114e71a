import type { Instant } from "./model.ts";

/** How a metric behaves, which decides its scale: people, events, shares of a denominator, durations, anything. */
export type StreamKind = "size" | "count" | "rate" | "latency" | "gauge";

/** One point of a metric. A point that was not measured is not there at all. */
export type StreamPoint = {
  /** Milliseconds since 1970, UTC. */
  readonly t: number;
  /** For `rate` a fraction in [0, 1]; for the others in the metric's own unit. */
  readonly value: number;
  /** Trials behind a rate; null: not known. */
  readonly denominator: number | null;
};

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

/** One reading of a segment's size with what was known before it. */
export type SizeReading = {
  /** Of the snapshot. */
  readonly id: string;
  readonly at: Instant;
  readonly value: number;
  readonly verdict: StreamVerdict;
};
