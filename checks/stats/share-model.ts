/** How a model moves: level and slope noise as shares of the observation noise, and which rhythm it learns. */
export type ShareModelKind = {
  readonly level: number;
  readonly rhythm: "none" | "weekend" | "weekday";
};

export type ShareModelState = {
  readonly x: readonly (readonly number[])[];
  readonly covariance: readonly number[];
  readonly noise: number;
  readonly evidence: number;
  readonly points: number;
};

const SLOPE = 1e-5;
const RHYTHM = 2e-5;
/** Weekly swings of ± 5 % of a share that is itself about a third. */
const RHYTHM_PRIOR = 8e-4;
const SLOPE_PRIOR = 1e-6;
/** Weight of the first guess of the noise, in points. */
const GUESS_POINTS = 6;
const SLOWEST = 0.02;
const TAIL = 12;
const LEAST_NOISE = 1e-9;

const DIMENSIONS = { none: 2, weekend: 3, weekday: 9 } as const;

/**
 * One Kalman filter for all shares of a distribution at once: level, slope and what a weekend or a weekday adds.
 * The noise of a share p is p times a number that all have in common, so that gains are common too: one covariance
 * serves every category, predictions sum to 1, and the unrest that counting does not explain is one number to learn.
 */
export class ShareModel {
  readonly kind: ShareModelKind;
  readonly #d: number;
  #x: number[][];
  #p: Float64Array;
  /** Variance of an observed share p at the usual size, per p. */
  noise: number;
  /** How well it foretold lately, as a logarithm; kept by the bank. */
  evidence = 0;
  #points = 0;
  #at = 2;
  /** Variance of the next share, per p; and of the observation alone. */
  spread = 0;
  #observed = 0;
  readonly #ph: Float64Array;
  readonly #gain: Float64Array;

  constructor(kind: ShareModelKind, noise: number) {
    this.kind = kind;
    this.#d = DIMENSIONS[kind.rhythm];
    this.#x = [];
    this.noise = noise;
    this.#p = new Float64Array(this.#d * this.#d);
    this.#ph = new Float64Array(this.#d);
    this.#gain = new Float64Array(this.#d);
    for (let i = 0; i < this.#d; i++)
      this.#p[i * (this.#d + 1)] = i === 0 ? 0 : i === 1 ? SLOPE_PRIOR : RHYTHM_PRIOR;
  }

  /** The first observation is the first level. */
  start(observed: ArrayLike<number>, variance: number): void {
    for (let c = 0; c < this.#x.length; c++) (this.#x[c] as number[])[0] = observed[c] as number;
    this.#p[0] = variance;
  }

  /** Points learned from. */
  get points(): number {
    return this.#points;
  }

  /** Room for one more category, so far at 0. */
  add(): void {
    this.#x.push(new Array<number>(this.#d).fill(0));
  }

  /** The second category gives its people to the first and starts again at 0. */
  merge(into: number, from: number): void {
    const [a, b] = [this.#x[into] as number[], this.#x[from] as number[]];
    for (let i = 0; i < this.#d; i++) {
      a[i] = (a[i] as number) + (b[i] as number);
      b[i] = 0;
    }
  }

  /** Moves on by `days` and says how uncertain the next observation is. `extra`: noise beyond the usual size's, per p. */
  foresee(days: number, weekday: number, extra: number): void {
    const d = this.#d;
    const p = this.#p;
    for (const x of this.#x) x[0] = (x[0] as number) + (x[1] as number) * days;
    // P ← A P Aᵀ + Q, where A adds the slope to the level.
    for (let i = 0; i < d; i++) p[i] = (p[i] as number) + days * (p[d + i] as number);
    for (let i = 0; i < d; i++) p[i * d] = (p[i * d] as number) + days * (p[i * d + 1] as number);
    p[0] = (p[0] as number) + this.kind.level * this.noise * days;
    p[d + 1] = (p[d + 1] as number) + this.kind.level * SLOPE * this.noise * days;
    for (let i = 2; i < d; i++) p[i * (d + 1)] = (p[i * (d + 1)] as number) + RHYTHM * this.noise * days;
    const { rhythm } = this.kind;
    this.#at =
      rhythm === "weekday" ? 2 + weekday : rhythm === "weekend" && (weekday === 0 || weekday === 6) ? 2 : -1;
    let sum = 0;
    for (let i = 0; i < d; i++) {
      const ph = (p[i * d] as number) + (this.#at < 0 ? 0 : (p[i * d + this.#at] as number));
      this.#ph[i] = ph;
      if (i === 0 || i === this.#at) sum += ph;
    }
    this.#observed = this.noise + extra;
    this.spread = sum + this.#observed;
  }

  /** Foreseen share of a category; may be a little below 0. */
  share(c: number): number {
    const x = this.#x[c] as number[];
    return (x[0] as number) + (this.#at < 0 ? 0 : (x[this.#at] as number));
  }

  /** Level alone: what is normal, whatever the weekday. */
  level(c: number): number {
    return (this.#x[c] as number[])[0] as number;
  }

  /** Log-likelihood of what was observed. @param x2 Σ (observed − foreseen)² / p @param degrees of freedom */
  likelihood(x2: number, degrees: number): number {
    const { spread } = this;
    return -0.5 * degrees * Math.log(spread) - 0.5 * (TAIL + degrees) * Math.log1p(x2 / (TAIL * spread));
  }

  /**
   * Learns from one observation.
   *
   * @param trust in (0, 1]: how much of its usual weight it gets
   */
  learn(observed: ArrayLike<number>, trust: number): void {
    const d = this.#d;
    const spread = this.spread + this.#observed * (1 / trust - 1);
    for (let i = 0; i < d; i++) this.#gain[i] = (this.#ph[i] as number) / spread;
    for (let c = 0; c < this.#x.length; c++) {
      const r = (observed[c] as number) - this.share(c);
      const x = this.#x[c] as number[];
      for (let i = 0; i < d; i++) x[i] = (x[i] as number) + (this.#gain[i] as number) * r;
    }
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++)
        this.#p[i * d + j] =
          (this.#p[i * d + j] as number) - (this.#gain[i] as number) * (this.#ph[j] as number);
    }
  }

  /** Learns how restless the shares are; wild points count no more than `cap` times what was expected. */
  learnNoise(x2: number, degrees: number): void {
    this.#points++;
    const cap = 1 + 3 * Math.sqrt(2 / degrees);
    const ratio = Math.min(cap, x2 / (degrees * this.spread));
    const gain = Math.max(SLOWEST, 1 / (this.#points + GUESS_POINTS));
    this.noise = Math.max(LEAST_NOISE, this.noise * (1 + gain * (ratio - 1)));
  }

  /** A new normal: the level moves by `by` (in total 0) and is uncertain again by `variance` per p. */
  move(by: ArrayLike<number>, variance: number): void {
    for (let c = 0; c < this.#x.length; c++) {
      const x = this.#x[c] as number[];
      x[0] = (x[0] as number) + (by[c] as number);
      x[1] = 0;
    }
    this.#p[0] = (this.#p[0] as number) + variance;
  }

  toJSON(): ShareModelState {
    return {
      x: this.#x.map((x) => [...x]),
      covariance: [...this.#p],
      noise: this.noise,
      evidence: this.evidence,
      points: this.#points,
    };
  }

  static from(kind: ShareModelKind, s: ShareModelState): ShareModel {
    const model = new ShareModel(kind, s.noise);
    model.#x = s.x.map((x) => [...x]);
    model.#p = Float64Array.from(s.covariance);
    model.evidence = s.evidence;
    model.#points = s.points;
    return model;
  }
}
