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
