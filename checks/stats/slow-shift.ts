import { type Foreseen, judgeShares, type Shares, strangest, totalVariation } from "./share-judge.ts";

export type SlowShiftState = {
  readonly rate: number;
  readonly mean: readonly number[];
  readonly spread: number;
  readonly own: number;
};

/** One day counts no more than this many standard deviations: a single wild day is no trend. */
const CLIP = 5;
/** Evidence (as χ² of the mean) that today speaks for the old normal: the memory of a fault that ended is dropped. */
const FORGET = 4;
const OWN_PACE = 0.1;
const MOST_OWN = 4;
const LONGEST_GAP = 3;

/**
 * Discounted mean of what was not foreseen, category by category: many small differences in one direction add up
 * (an EWMA chart, Roberts 1959, in several dimensions).
 */
export class SlowShift {
  readonly #rate: number;
  mean: number[] = [];
  #spread = 0;
  /** How much more than foreseen such means wander in this series. */
  #own = 1;
  #ratio = 1;

  constructor(rate: number) {
    this.#rate = rate;
  }

  clear(): void {
    this.mean.fill(0);
    this.#spread = 0;
  }

  /** @param days since the last point @returns −log₁₀ p of the mean */
  add(off: Shares, days: number, spread: number, least: number, f: Foreseen): number {
    const k = off.length;
    const rate = 1 - (1 - this.#rate) ** Math.min(days, LONGEST_GAP);
    while (this.mean.length < k) this.mean.push(0);
    const floor = Math.max(spread, 1 / f.people);
    const clipped: number[] = [];
    let against = 0;
    for (let c = 0; c < k; c++) {
      const p = Math.max(f.shares[c] as number, floor);
      const most = CLIP * Math.sqrt(p * spread * (f.unrest[c] as number));
      const r = Math.max(-most, Math.min(most, off[c] as number));
      clipped.push(r);
      const m = this.mean[c] as number;
      against += (m * m - 2 * m * r) / (p * spread);
    }
    if (against > FORGET) this.clear();
    for (let c = 0; c < k; c++)
      this.mean[c] = (1 - rate) * (this.mean[c] as number) + rate * (clipped[c] as number);
    this.#spread = (1 - rate) ** 2 * this.#spread + rate ** 2 * spread;
    this.#ratio = this.#wander(f, 1 / floor);
    return strangest(judgeShares(this.mean, this.#spread * Math.max(1, this.#own), spread, least, f));
  }

  #wander(f: Foreseen, effective: number): number {
    let x2 = 0;
    let degrees = -1;
    for (let c = 0; c < this.mean.length; c++) {
      const p = f.shares[c] as number;
      if (p * effective < 1) continue;
      x2 += (this.mean[c] as number) ** 2 / (p * this.#spread * (f.unrest[c] as number));
      degrees++;
    }
    return degrees > 0 ? x2 / degrees : this.#own;
  }

  /** A good day: its wandering is this series' habit. */
  learn(): void {
    this.#own += this.#rate * OWN_PACE * (Math.min(MOST_OWN, this.#ratio) - this.#own);
  }

  get totalVariation(): number {
    return totalVariation(this.mean);
  }

  toJSON(): SlowShiftState {
    return { rate: this.#rate, mean: [...this.mean], spread: this.#spread, own: this.#own };
  }

  static from(s: SlowShiftState): SlowShift {
    const shift = new SlowShift(s.rate);
    shift.mean = [...s.mean];
    shift.#spread = s.spread;
    shift.#own = s.own;
    return shift;
  }
}
