import type { StreamKind } from "../../../core/stream.ts";

/** Siblings needed before their noise is taken as what is usual. */
const ENOUGH = 5;

/** What series of one kind have in common, for those that start: the median of their noise. */
export class StreamPool {
  readonly #sigmas = new Map<StreamKind, Map<object, number>>();

  /** Keeps what a series knows of its noise by now. */
  learn(kind: StreamKind, series: object, logSigma: number): void {
    let known = this.#sigmas.get(kind);
    if (known === undefined) {
      known = new Map();
      this.#sigmas.set(kind, known);
    }
    known.set(series, logSigma);
  }

  /** Noise that is usual for the kind; null: too few siblings. */
  sigma(kind: StreamKind): number | null {
    const known = [...(this.#sigmas.get(kind)?.values() ?? [])].sort((a, b) => a - b);
    const middle = known[known.length >> 1];
    return middle === undefined || known.length < ENOUGH ? null : Math.exp(middle);
  }
}
