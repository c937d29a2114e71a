import type { StreamPoint } from "../../../core/stream.ts";

/** What a run teaches that was an alarm: it says little of how often values repeat by chance. */
const ALARM = 5;
const TAUGHT_BY_ALARM = 4;
/** A series has to have moved so often before standing still means anything. */
const MOVES = 5;
const PRIOR_TIES = 0.5;
const PRIOR_POINTS = 10;
const MOST_LIKELY = 0.97;

export type StaleState = {
  readonly run: number;
  readonly moves: number;
  readonly alarmed: boolean;
  readonly ties: number;
  readonly seen: number;
  readonly last: StreamPoint | null;
};

/** Equal values in a row, against how often they repeat in this series and how likely a tie is by its spread. */
export class Stale {
  #run = 0;
  #moves = 0;
  #alarmed = false;
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
      this.#ties += this.#alarmed ? Math.min(this.#run, TAUGHT_BY_ALARM) : this.#run;
      this.#moves++;
      this.#run = 0;
      this.#alarmed = false;
      return { rarity: 0, run: 0 };
    }
    this.#run++;
    const byChance = spread === null ? 0 : 1 / Math.sqrt(1 + 2 * Math.PI * spread * spread);
    const seenBefore = (this.#ties + PRIOR_TIES) / (this.#seen + PRIOR_POINTS);
    const chance = Math.min(MOST_LIKELY, Math.max(byChance, seenBefore));
    const rarity = this.#moves < MOVES ? 0 : this.#run * -Math.log10(chance);
    if (rarity > ALARM) this.#alarmed = true;
    return { rarity, run: this.#run };
  }

  toJSON(): StaleState {
    return {
      run: this.#run,
      moves: this.#moves,
      alarmed: this.#alarmed,
      ties: this.#ties,
      seen: this.#seen,
      last: this.#last,
    };
  }

  restore(state: StaleState): void {
    this.#run = state.run;
    this.#moves = state.moves;
    this.#alarmed = state.alarmed;
    this.#ties = state.ties;
    this.#seen = state.seen;
    this.#last = state.last;
  }
}
