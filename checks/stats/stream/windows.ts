import { mixedTail } from "./tails.ts";

/** Points over which residuals are summed: what lasts is told from a sum where no single point stands out. */
const WIDTHS = [3, 5, 8, 14] as const;
const LONGEST = 14;
/** Residuals count as this many observations of independent noise before a series has shown its own. */
const PRIOR_WEIGHT = 12;

/**
 * Sums of the last residuals against a slow reference, each judged by the spread that such sums had in this series:
 * whatever wanders by itself has wide ones.
 */
export class Windows {
  readonly #ring: number[] = [];
  readonly #square = WIDTHS.map(() => 1.3);
  readonly #mean = WIDTHS.map(() => 0);
  #seen = 0;

  /** Takes a standardised residual in. `teach`: whether it may widen what is usual. @returns log10 rarity and side */
  push(z: number, teach: boolean): { rarity: number; side: number; z: number } {
    this.#ring.push(Math.max(-4, Math.min(4, z)));
    if (this.#ring.length > LONGEST) this.#ring.shift();
    this.#seen++;
    let best = { rarity: 0, side: 0, z: 0 };
    for (const [i, w] of WIDTHS.entries()) {
      if (this.#ring.length < w) continue;
      let sum = 0;
      for (let k = this.#ring.length - w; k < this.#ring.length; k++) sum += this.#ring[k] as number;
      const s = sum / Math.sqrt(w);
      const spread = Math.sqrt(Math.max(0.7, this.#square[i] as number));
      const q = (s - (this.#mean[i] as number)) / spread;
      const p = 2 * mixedTail(Math.abs(q), 0.98);
      const rarity = -Math.log10(Math.max(1e-30, p));
      if (rarity > best.rarity) best = { rarity, side: Math.sign(q), z: q };
      if (teach) {
        const rate = Math.max(1 / (this.#seen / w + PRIOR_WEIGHT), 0.02) / w;
        const clipped = Math.max(-2.5 * spread, Math.min(2.5 * spread, s - (this.#mean[i] as number)));
        this.#mean[i] = (this.#mean[i] as number) + rate * clipped;
        this.#square[i] = (this.#square[i] as number) + rate * ((clipped * clipped) / 0.96 - (this.#square[i] as number));
      }
    }
    return best;
  }

  /** How much more sums wander than those of independent noise. */
  get wander(): number {
    return Math.sqrt(Math.max(1, this.#square[1] as number, 0.8 * (this.#square[3] as number)));
  }

  clear(): void {
    this.#ring.length = 0;
  }
}
