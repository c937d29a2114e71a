import type { Shares } from "./share-judge.ts";
import { ShareModel, type ShareModelKind, type ShareModelState } from "./share-model.ts";

/** From shares that stand still to shares that wander, each with no rhythm, a weekend's, or one per weekday. */
const KINDS: readonly ShareModelKind[] = [0.0005, 0.01, 0.3].flatMap((level) =>
  (["none", "weekend", "weekday"] as const).map((rhythm) => ({ level, rhythm })),
);
/** The stillest model that knows the week: what it foretells is where the shares were for a long time. */
const STILL = 2;
/** A first point says nothing of the unrest between days: this much beyond chance. */
const FIRST_UNREST = 1e-4;
/** Points further off than this many standard deviations of χ² teach less, in proportion. */
const GATE = 2;
/**
 * How much of the evidence is left a point later, and the most that one point adds: a fault of some days must not make
 * a model believed that follows it everywhere.
 */
const EVIDENCE_KEPT = 0.97;
const MOST_EVIDENCE = 0.5;
/** In the first weeks there is more to find out than to protect. */
const MOST_AT_FIRST = 3;
const FIRST_POINTS = 28;

/** Several models of one series; who foretold best so far is believed most. */
export class ShareBank {
  #models: ShareModel[];

  private constructor(models: ShareModel[]) {
    this.#models = models;
  }

  static start(shares: Shares, people: number): ShareBank {
    const noise = 1 / people + FIRST_UNREST;
    const models = KINDS.map((kind) => new ShareModel(kind, noise));
    for (const m of models) {
      for (let c = 0; c < shares.length; c++) m.add();
      m.start(shares, noise);
    }
    return new ShareBank(models);
  }

  add(): void {
    for (const m of this.#models) m.add();
  }

  merge(into: number, from: number): void {
    for (const m of this.#models) m.merge(into, from);
  }

  /** Usual share, whatever the weekday, by the stillest model. */
  still(c: number): number {
    return (this.#models[STILL] as ShareModel).share(c);
  }

  foresee(days: number, weekday: number, extra: number, k: number): { shares: number[]; spread: number } {
    for (const m of this.#models) m.foresee(days, weekday, extra);
    const best = Math.max(...this.#models.map((m) => m.evidence));
    const weights = this.#models.map((m) => Math.exp(Math.max(-50, m.evidence - best)));
    const sum = weights.reduce((a, b) => a + b, 0);
    const shares = new Array<number>(k).fill(0);
    let spread = 0;
    for (const [i, m] of this.#models.entries()) {
      const w = (weights[i] as number) / sum;
      if (w < 1e-9) continue;
      spread += w * m.spread;
      for (let c = 0; c < k; c++) shares[c] = (shares[c] as number) + w * m.share(c);
    }
    return { shares: shares.map((p) => Math.max(0, p)), spread };
  }

  /** @param foreseen shares of `foresee` @param least smaller foreseen shares say nothing about the unrest */
  learn(observed: Shares, foreseen: Shares, least: number): void {
    const likelihoods: number[] = [];
    for (const m of this.#models) {
      let x2 = 0;
      let counted = 0;
      for (let c = 0; c < observed.length; c++) {
        const p = foreseen[c] as number;
        if (p < least) continue;
        x2 += ((observed[c] as number) - m.share(c)) ** 2 / p;
        counted++;
      }
      const degrees = Math.max(1, counted - 1);
      const ratio = x2 / (degrees * m.spread);
      const limit = 1 + GATE * Math.sqrt(2 / degrees);
      likelihoods.push(m.likelihood(x2, degrees));
      m.learnNoise(x2, degrees);
      m.learn(observed, ratio > limit ? limit / ratio : 1);
    }
    const first = (this.#models[0]?.points ?? 0) <= FIRST_POINTS;
    const most = first ? MOST_AT_FIRST : MOST_EVIDENCE;
    const average = likelihoods.reduce((a, b) => a + b, 0) / likelihoods.length;
    for (const [i, m] of this.#models.entries()) {
      const ahead = (likelihoods[i] as number) - average;
      m.evidence = EVIDENCE_KEPT * m.evidence + Math.max(-most, Math.min(most, ahead));
    }
  }

  /** A new normal: every model's level moves by `by`. */
  move(by: Shares): void {
    for (const m of this.#models) m.move(by, m.noise);
  }

  /** Every model's level becomes `shares`. */
  moveTo(shares: Shares): void {
    for (const m of this.#models)
      m.move(
        Array.from(shares, (p, c) => p - m.level(c)),
        m.noise,
      );
  }

  toJSON(): ShareModelState[] {
    return this.#models.map((m) => m.toJSON());
  }

  static from(states: readonly ShareModelState[]): ShareBank {
    return new ShareBank(
      KINDS.map((kind, i) => {
        const state = states[i];
        if (state === undefined)
          throw new RangeError(`${states.length} models are kept, ${KINDS.length} needed`);
        return ShareModel.from(kind, state);
      }),
    );
  }
}
