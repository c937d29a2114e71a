/** Allowances: small ones find slow leaks, large ones find steps soon. */
const ALLOWANCES = [0.25, 0.5, 1] as const;
/** log10 of the run length at which a sum stops growing: an alarm is certain, and it ends soon after its cause. */
const CAP = 5.6;
const SIEGMUND = 1.166;
const CLIP = 3.5;

/**
 * Log10 of the mean number of points between two false alarms of a one-sided CUSUM at height `c`.
 *
 * @param k allowance
 * @see Siegmund (1985), Sequential Analysis: ARL ≈ (e^{2kb} − 1 − 2kb) / 2k² with b = c + 1.166
 */
export function cusumRarity(c: number, k: number): number {
  if (c <= 0) return 0;
  const h = 2 * k * (c + SIEGMUND);
  return h > 30 ? (h - Math.log(2 * k * k)) / Math.LN10 : Math.log10(1 + (Math.exp(h) - 1 - h) / (2 * k * k));
}

const CAPS = ALLOWANCES.map((k) => Math.log(10 ** CAP * 2 * k * k) / (2 * k) - SIEGMUND);

/** `since`: points since the sum last stood at zero; `moved`: innovations added up since then, in the value's scale. */
export type CusumAlarm = { rarity: number; side: number; since: number; moved: number };

type Sum = { c: number; since: number; moved: number };
export type CusumState = readonly (readonly [number, number, number])[];

/** Two-sided CUSUMs of standardised innovations with several allowances. */
export class Cusum {
  readonly #sums: Sum[] = ALLOWANCES.flatMap(() => [zero(), zero()]);

  /**
   * @param z standardised innovation
   * @param innovation the same, on the value's scale
   */
  push(z: number, innovation: number): CusumAlarm {
    const clipped = Math.max(-CLIP, Math.min(CLIP, z));
    let best: CusumAlarm = { rarity: 0, side: 0, since: 0, moved: 0 };
    for (const [i, k] of ALLOWANCES.entries()) {
      for (const side of [1, -1] as const) {
        const s = this.#sums[2 * i + (side > 0 ? 0 : 1)] as Sum;
        s.c = Math.min(CAPS[i] as number, Math.max(0, s.c + side * clipped - k));
        if (s.c === 0) {
          s.since = 0;
          s.moved = 0;
          continue;
        }
        s.since++;
        s.moved += innovation;
        const rarity = cusumRarity(s.c, k);
        if (rarity > best.rarity) best = { rarity, side, since: s.since, moved: s.moved };
      }
    }
    return best;
  }

  clear(): void {
    for (const s of this.#sums) Object.assign(s, zero());
  }

  toJSON(): CusumState {
    return this.#sums.map((s) => [s.c, s.since, s.moved] as const);
  }

  restore(state: CusumState): void {
    for (const [i, [c, since, moved]] of state.entries()) this.#sums[i] = { c, since, moved };
  }
}

const zero = (): Sum => ({ c: 0, since: 0, moved: 0 });
