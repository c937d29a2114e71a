import { mixedTail } from "./tails.ts";

/** Points over which residuals are summed: what lasts shows in a sum where no single point stands out. */
const WIDTHS = [3, 5, 8, 14] as const;
const LONGEST = 14;
/** A series' own sums count against the prior spread of this many. */
const PRIOR_WEIGHT = 12;
const PRIOR_SQUARE = 1.3;
const LEAST_SQUARE = 0.7;
const SLOWEST = 0.02;
const CLIP = 4;

export type WindowAlarm = { rarity: number; side: number; width: number };
export type WindowsState = {
  readonly ring: readonly number[];
  readonly mean: readonly number[];
  readonly square: readonly number[];
  readonly seen: number;
};

/**
 * Sums of the last residuals against the slow models, each judged by the spread that such sums had in this series:
 * whatever wanders by itself has wide ones.
 */
export class Windows {
  #ring: number[] = [];
  #mean: number[] = WIDTHS.map(() => 0);
  #square: number[] = WIDTHS.map(() => PRIOR_SQUARE);
  #seen = 0;

  /**
   * @param z residual in standard deviations of the slow models
   * @param teach whether it may tell what is usual
   */
  push(z: number, teach: boolean): WindowAlarm {
    this.#ring.push(Math.max(-CLIP, Math.min(CLIP, z)));
    if (this.#ring.length > LONGEST) this.#ring.shift();
    this.#seen++;
    let best: WindowAlarm = { rarity: 0, side: 0, width: 0 };
    for (const [i, width] of WIDTHS.entries()) {
      if (this.#ring.length < width) continue;
      let sum = 0;
      for (let k = this.#ring.length - width; k < this.#ring.length; k++) sum += this.#ring[k] as number;
      const square = this.#square[i] as number;
      const spread = Math.sqrt(Math.max(LEAST_SQUARE, square));
      const off = sum / Math.sqrt(width) - (this.#mean[i] as number);
      const rarity = -Math.log10(Math.max(1e-30, 2 * mixedTail(Math.abs(off / spread), 0.98)));
      if (rarity > best.rarity) best = { rarity, side: Math.sign(off), width };
      if (!teach) continue;
      const rate = Math.max(1 / (this.#seen / width + PRIOR_WEIGHT), SLOWEST) / width;
      const clipped = Math.max(-2.5 * spread, Math.min(2.5 * spread, off));
      this.#mean[i] = (this.#mean[i] as number) + rate * clipped;
      this.#square[i] = square + rate * ((clipped * clipped) / 0.96 - square);
    }
    return best;
  }

  /** How much more sums wander than those of independent noise; at least 1. */
  get wander(): number {
    return Math.sqrt(Math.max(1, this.#square[1] as number, 0.8 * (this.#square[3] as number)));
  }

  clear(): void {
    this.#ring = [];
  }

  toJSON(): WindowsState {
    return { ring: [...this.#ring], mean: [...this.#mean], square: [...this.#square], seen: this.#seen };
  }

  restore(state: WindowsState): void {
    this.#ring = [...state.ring];
    this.#mean = [...state.mean];
    this.#square = [...state.square];
    this.#seen = state.seen;
  }
}
