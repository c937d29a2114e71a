/** Mean of −log₁₀ p beyond any limit when p is a fair chance: log₁₀ e. */
const FAIR = Math.LOG10E;
const WEIGHT = 12;
const LIMIT = 1;
const MOST = 3;
const PACE = 0.005;

/**
 * How often this series is stranger than chance should be. A series with wild days of its own needs more to be
 * believed: the mean excess over a limit (peaks over threshold) says by how much.
 */
export class OwnTail {
  excess: number;
  weight: number;

  constructor(
    state: { readonly excess: number; readonly weight: number } = { excess: FAIR * WEIGHT, weight: WEIGHT },
  ) {
    this.excess = state.excess;
    this.weight = state.weight;
  }

  /** What a score is multiplied with, at most 1. */
  get tame(): number {
    return FAIR / Math.max(FAIR, this.excess / this.weight);
  }

  learn(score: number): void {
    if (score > LIMIT) this.#add(Math.min(MOST, score - LIMIT));
    this.excess += PACE * (FAIR * WEIGHT - this.excess);
    this.weight += PACE * (WEIGHT - this.weight);
  }

  /** A flagged day or two that ended by themselves. */
  visited(): void {
    this.#add(MOST);
  }

  #add(excess: number): void {
    this.excess += excess;
    this.weight++;
  }
}
