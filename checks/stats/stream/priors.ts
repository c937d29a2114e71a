import type { StreamKind } from "../../../core/stream.ts";

/** What is usual for a kind before its series has shown anything, on the transformed scale. */
export type KindPrior = {
  /** Noise of one step. */
  readonly sigma: number;
  /** Size of the rhythm of a calm and of a lively series, and of what the edges of a month do. */
  readonly calm: number;
  readonly lively: number;
  readonly edge: number;
  /** Trend per step. */
  readonly slope: number;
};

/**
 * @param first first value of a rate, typical step of a gauge; else not used
 * @param sigma noise that siblings of the series have; null: not known
 */
export function priorOf(kind: StreamKind, first: number, sigma: number | null): KindPrior {
  const prior = usual(kind, first);
  return sigma === null || kind === "gauge" ? prior : { ...prior, sigma };
}

function usual(kind: StreamKind, first: number): KindPrior {
  switch (kind) {
    case "size":
      return { sigma: 0.006, calm: 0.002, lively: 0.03, edge: 0.02, slope: 0.001 };
    case "count":
      return { sigma: 0.12, calm: 0.04, lively: 0.45, edge: 0.7, slope: 0.0012 };
    case "rate": {
      // One unit of log odds, on the arcsine scale.
      const p = Math.min(0.98, Math.max(0.001, first));
      const unit = Math.sqrt(p * (1 - p));
      return {
        sigma: 0.05 * unit + 0.002,
        calm: 0.01 * unit,
        lively: 0.12 * unit,
        edge: 0.05 * unit,
        slope: 0.001 * unit,
      };
    }
    case "latency":
      return { sigma: 0.25, calm: 0.02, lively: 0.25, edge: 0.1, slope: 0.0015 };
    case "gauge":
      return { sigma: first, calm: 0.2 * first, lively: 3 * first, edge: first, slope: 0.02 * first };
  }
}
