import type { Regressors } from "./calendar.ts";

/**
 * One linear Gaussian state-space model of a metric on its transformed scale: level, damped slope, and regressors
 * with constant coefficients (weekday, hour, month edge). State and covariance live in flat arrays, since a bank of
 * these runs for every point of every series.
 *
 * @see Harvey (1989), Forecasting, Structural Time Series Models and the Kalman Filter
 */
export type ModelShape = {
  /** Share of a step's variance that is measurement noise rather than a move of the level; 0 < share ≤ 1. */
  readonly noiseShare: number;
  /** Part of the noise that lingers, and how much of it is left after one step. */
  readonly lingering: number;
  readonly memory: number;
  /** Prior standard deviation of each regressor's coefficient. */
  readonly priors: readonly number[];
  /** Prior standard deviation of the slope, per step, and what is left of a slope after one step. */
  readonly slope: number;
  readonly damping: number;
};

/** A filter at rest: state, upper triangle of the covariance row by row, noise, how much was learned of it. */
export type FilterState = {
  readonly x: readonly number[];
  readonly p: readonly number[];
  readonly logSigma: number;
  readonly learned: number;
};

/** Level, slope, and noise that lingers. */
const FIXED = 3;

/** Noise below this share of the variance leaves too few digits for the short form of the update. */
const FAINT = 1e-6;

const g = (a: Float64Array, i: number): number => a[i] as number;

export class Filter {
  readonly shape: ModelShape;
  readonly dim: number;
  readonly x: Float64Array;
  readonly p: Float64Array;
  /** P·H of the last prediction. */
  readonly #gain: Float64Array;
  logSigma: number;
  learned = 0;
  mean = 0;
  variance = 1;
  /** Part of `variance` that scales with sigma². */
  #own = 1;
  /** Of `variance`, what is not uncertainty of the state; and the regressors of the last prediction. */
  #noise = 1;
  #h: Regressors = { index: new Int32Array(0), value: new Float64Array(0), n: 0 };

  constructor(shape: ModelShape, logSigma: number) {
    this.shape = shape;
    this.dim = FIXED + shape.priors.length;
    this.x = new Float64Array(this.dim);
    this.p = new Float64Array(this.dim * this.dim);
    this.#gain = new Float64Array(this.dim);
    this.logSigma = logSigma;
  }

  /** Puts the level at a first value that is known only as well as the series is noisy. */
  start(level: number, variance: number): void {
    const { dim, p, shape } = this;
    this.x.fill(0);
    p.fill(0);
    this.x[0] = level;
    p[0] = variance;
    p[dim + 1] = shape.slope ** 2;
    for (let i = FIXED; i < dim; i++) p[i * dim + i] = (shape.priors[i - FIXED] as number) ** 2;
    p[2 * dim + 2] = this.#lingering();
  }

  /** Carries the state over `steps` (≥ 0, in usual distances between points). */
  advance(steps: number): void {
    const { dim, p, x, shape } = this;
    const keep = shape.damping ** steps;
    const carry = (1 - keep) / (1 - shape.damping);
    x[0] = g(x, 0) + carry * g(x, 1);
    x[1] = g(x, 1) * keep;
    for (let j = 0; j < dim; j++) {
      p[j] = g(p, j) + carry * g(p, dim + j);
      p[dim + j] = g(p, dim + j) * keep;
    }
    for (let i = 0; i < dim; i++) {
      const row = i * dim;
      p[row] = g(p, row) + carry * g(p, row + 1);
      p[row + 1] = g(p, row + 1) * keep;
    }
    // Rounded in another order, the one pair would differ in its last bit, and a state kept as a triangle with it.
    p[dim] = g(p, 1);
    if (shape.lingering > 0) {
      const left = shape.memory ** steps;
      x[2] = g(x, 2) * left;
      for (let j = 0; j < dim; j++) p[2 * dim + j] = g(p, 2 * dim + j) * left;
      for (let i = 0; i < dim; i++) p[i * dim + 2] = g(p, i * dim + 2) * left;
      p[2 * dim + 2] = g(p, 2 * dim + 2) + (1 - left * left) * this.#lingering();
    }
    const sigma2 = Math.exp(2 * this.logSigma);
    const level = (1 - shape.noiseShare) * sigma2 * steps;
    p[0] = g(p, 0) + level;
    p[dim + 1] = g(p, dim + 1) + shape.slope ** 2 * (1 - keep * keep);
    // Rhythms change slowly: a part of their prior comes back over a few hundred points.
    for (let i = FIXED; i < dim; i++) {
      const at = i * dim + i;
      p[at] = g(p, at) + (shape.priors[i - FIXED] as number) ** 2 * 0.00001 * Math.min(steps, 50);
    }
  }

  #lingering(): number {
    const { lingering, noiseShare } = this.shape;
    return lingering * noiseShare * Math.exp(2 * this.logSigma);
  }

  /**
   * Mean and variance of the next value.
   *
   * @param known variance around a mean that sampling alone explains, and what a feast day adds
   */
  predict(h: Regressors, known: (mean: number) => number): void {
    const { dim, p, x } = this;
    const gain = this.#gain;
    let mean = g(x, 0) + g(x, 2);
    for (let i = 0; i < dim; i++) gain[i] = g(p, i) + g(p, 2 * dim + i);
    for (let k = 0; k < h.n; k++) {
      const j = (h.index[k] as number) + FIXED;
      const v = g(h.value, k);
      mean += v * g(x, j);
      const row = j * dim;
      for (let i = 0; i < dim; i++) gain[i] = g(gain, i) + v * g(p, row + i);
    }
    let state = g(gain, 0) + g(gain, 2);
    for (let k = 0; k < h.n; k++) state += g(h.value, k) * g(gain, (h.index[k] as number) + FIXED);
    const sigma2 = Math.exp(2 * this.logSigma);
    const noise = this.shape.noiseShare * (1 - this.shape.lingering) * sigma2;
    this.mean = mean;
    this.#own = Math.min(Math.max(state, 0), sigma2) + noise;
    this.#noise = noise + known(mean);
    this.variance = Math.max(state, 0) + this.#noise;
    this.#h = h;
  }

  /** Learns from an innovation that was cut to what a fault may teach. `weight` scales how fast noise is learned. */
  update(innovation: number, cut: number, weight: number): void {
    const { dim, p, x } = this;
    const gain = this.#gain;
    const s = this.variance;
    const e = Math.max(-cut, Math.min(cut, innovation / Math.sqrt(s))) * Math.sqrt(s);
    for (let i = 0; i < dim; i++) x[i] = g(x, i) + (g(gain, i) / s) * e;
    if (this.#noise < FAINT * s) this.#shrinkPrecisely();
    else
      for (let i = 0; i < dim; i++) {
        const k = g(gain, i) / s;
        const row = i * dim;
        for (let j = i; j < dim; j++) {
          const v = g(p, row + j) - k * g(gain, j);
          p[row + j] = v;
          p[j * dim + i] = v;
        }
      }
    if (weight <= 0) return;
    const share = Math.min(1, this.#own / s);
    this.learned += share * weight;
    const rate = Math.max(1 / (this.learned + 6), 0.015);
    const z2 = (e * e) / s;
    this.logSigma += 0.5 * rate * share * weight * Math.max(-0.95, Math.min(3, z2 - 0.98));
  }

  /**
   * The covariance after an update as (I − KH) P (I − KH)ᵀ + K R Kᵀ, which stays positive when a level that was let
   * go is found again a billion times more precisely.
   *
   * @see Bucy & Joseph (1968), Filtering for Stochastic Processes with Applications to Guidance
   */
  #shrinkPrecisely(): void {
    const { dim, p } = this;
    const k = this.#gain.map((v) => v / this.variance);
    const h = this.#h;
    for (let i = 0; i < dim; i++) {
      const row = i * dim;
      for (let j = 0; j < dim; j++) p[row + j] = g(p, row + j) - g(k, i) * g(this.#gain, j);
      let left = g(p, row) + g(p, row + 2);
      for (let n = 0; n < h.n; n++) left += g(h.value, n) * g(p, row + (h.index[n] as number) + FIXED);
      const back = this.#noise * g(k, i) - left;
      for (let j = 0; j < dim; j++) p[row + j] = g(p, row + j) + back * g(k, j);
    }
    for (let i = 0; i < dim; i++)
      for (let j = i + 1; j < dim; j++) {
        const v = (g(p, i * dim + j) + g(p, j * dim + i)) / 2;
        p[i * dim + j] = v;
        p[j * dim + i] = v;
      }
  }

  /** Makes room for another level: what was learned of rhythm and noise stays. */
  loosen(variance: number): void {
    this.p[0] = g(this.p, 0) + variance;
    const slope = this.dim + 1;
    this.p[slope] = Math.min(g(this.p, slope) + this.shape.slope ** 2 * 0.25, this.shape.slope ** 2);
  }

  toJSON(): FilterState {
    const p: number[] = [];
    for (let i = 0; i < this.dim; i++) for (let j = i; j < this.dim; j++) p.push(g(this.p, i * this.dim + j));
    return { x: [...this.x], p, logSigma: this.logSigma, learned: this.learned };
  }

  restore(state: FilterState): void {
    const { dim } = this;
    this.x.set(state.x);
    let at = 0;
    for (let i = 0; i < dim; i++)
      for (let j = i; j < dim; j++) {
        const v = state.p[at++] as number;
        this.p[i * dim + j] = v;
        this.p[j * dim + i] = v;
      }
    this.logSigma = state.logSigma;
    this.learned = state.learned;
  }
}
