import type { StreamPoint } from "../../../core/stream.ts";

/** Longer runs of equal values are a fault or a pause, and say nothing of how often values repeat by chance. */
const CHANCE_RUN = 2;
const PRIOR_TIES = 0.5;
const PRIOR_POINTS = 10;
const MOST_LIKELY = 0.97;

export type StaleState = {
  readonly run: number;
  readonly ties: number;
  readonly seen: number;
  readonly last: StreamPoint | null;
};

/** Equal values in a row, against how often they repeat in this series and how likely a tie is by its spread. */
export class Stale {
  #run = 0;
  #ties = 0;
  #seen = 0;
  #last: StreamPoint | null = null;

  /** @param spread standard deviation of the next value in whole units (people, events); null: not counted in such */
  push(point: StreamPoint, spread: number | null): { rarity: number; run: number } {
    const last = this.#last;
    const same = last !== null && last.value === point.value && last.denominator === point.denominator;
    this.#last = point;
    this.#seen++;
    if (!same) {
      this.#ties += Math.min(this.#run, CHANCE_RUN);
      this.#run = 0;
      return { rarity: 0, run: 0 };
    }
    this.#run++;
    const byChance = spread === null ? 0 : 1 / Math.sqrt(1 + 2 * Math.PI * spread * spread);
    const seenBefore = (this.#ties + PRIOR_TIES) / (this.#seen + PRIOR_POINTS);
    const chance = Math.min(MOST_LIKELY, Math.max(byChance, seenBefore));
    return { rarity: this.#run * -Math.log10(chance), run: this.#run };
  }

  toJSON(): StaleState {
    return { run: this.#run, ties: this.#ties, seen: this.#seen, last: this.#last };
  }

  restore(state: StaleState): void {
    this.#run = state.run;
    this.#ties = state.ties;
    this.#seen = state.seen;
    this.#last = state.last;
  }
}
