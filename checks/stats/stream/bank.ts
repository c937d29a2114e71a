import type { Cadence, Regressors } from "./calendar.ts";
import { Filter, type FilterState } from "./kalman.ts";
import type { KindPrior } from "./priors.ts";
import { isSlow, PRIOR_WEIGHTS, SHAPES, shapeOf, siblingsOf } from "./shapes.ts";
import { logNormal, logStudent4, mixedTail } from "./tails.ts";

/** After two weeks how noisy a series is shows: of models that differ in it alone the best stays. */
const SCALE_KNOWN = 14;
/**
 * Four weekends of a daily series have shown its rhythm; after two, every model that could learn it may be behind. So
 * many models stay then, of them at least so many slow ones.
 */
const RHYTHM_KNOWN = 30;
const KEPT = 7;
const KEPT_SLOW = 3;
/** Weight of the past in the models' weights. */
const MEMORY = 0.985;
const LEAST_WEIGHT = 1e-12;
/** Log odds of heavy tails before anything was seen, and their bounds. */
const HEAVY = -2.5;
const HEAVY_LEAST = -3.5;
const HEAVY_MOST = 0;
/** One far point tells something of the tails, yet it may be a fault. */
const ODDS_OF_ONE = 0.7;

type Member = { readonly filter: Filter; readonly shape: number; weight: number };

export type BankState = {
  readonly members: readonly {
    readonly shape: number;
    readonly weight: number;
    readonly filter: FilterState;
  }[];
  readonly seen: number;
  readonly heavy: number;
  readonly square: number;
  readonly slowShare: number;
};

/** What the bank expects of the next value, on the transformed scale. */
export type Forecast = { readonly mean: number; readonly sd: number };

/**
 * Several models of one series side by side, weighted by how well each foretold it lately: calm and lively rhythms,
 * noise in the measurement, lingering noise, a wandering level.
 */
export class Bank {
  readonly #cadence: Cadence;
  readonly #prior: KindPrior;
  #members: Member[] = [];
  #seen = 0;
  #heavy = HEAVY;
  #square = 1;
  #slowShare = 0.5;
  mean = 0;
  sd = 1;
  /** Of the slow models, which follow a level over weeks, so that what lasts days stays visible. */
  slow: Forecast = { mean: 0, sd: 1 };

  constructor(cadence: Cadence, prior: KindPrior) {
    this.#cadence = cadence;
    this.#prior = prior;
  }

  start(level: number, known: number): void {
    this.#members = SHAPES.map((_, shape) => {
      const filter = this.#filter(shape);
      filter.start(level, Math.exp(2 * filter.logSigma) + known);
      return { filter, shape, weight: PRIOR_WEIGHTS[shape] as number };
    });
  }

  /** Share of the slow models' weight, over the last month of points. */
  get slowShare(): number {
    return this.#slowShare;
  }

  /** Factor on forecasts' spreads, learned from how far off they were. */
  get spread(): number {
    return Math.min(1.3, Math.max(0.8, Math.sqrt(this.#square)));
  }

  /** Mean log noise of a step, for siblings that know nothing yet. */
  get logSigma(): number {
    let total = 0;
    let sum = 0;
    for (const m of this.#members) {
      total += m.weight;
      sum += m.weight * m.filter.logSigma;
    }
    return sum / total;
  }

  /**
   * @param steps usual distances between points since the last one
   * @param known variance around a mean that sampling and feast days explain
   */
  predict(steps: number, h: Regressors, known: (mean: number) => number): void {
    let total = 0;
    let mean = 0;
    let slow = 0;
    let slowMean = 0;
    for (const { filter, shape, weight } of this.#members) {
      if (steps > 0) filter.advance(steps);
      filter.predict(h, known);
      total += weight;
      mean += weight * filter.mean;
      if (!isSlow(shape)) continue;
      slow += weight;
      slowMean += weight * filter.mean;
    }
    this.mean = mean / total;
    const m = slowMean / slow;
    let square = 0;
    let slowSquare = 0;
    for (const { filter, shape, weight } of this.#members) {
      square += weight * (filter.variance + (filter.mean - this.mean) ** 2);
      if (isSlow(shape)) slowSquare += weight * (filter.variance + (filter.mean - m) ** 2);
    }
    this.sd = Math.sqrt(Math.max(1e-18, square / total));
    this.slow = { mean: m, sd: Math.sqrt(Math.max(1e-18, slowSquare / slow)) };
    this.#slowShare += 0.03 * (slow / total - this.#slowShare);
  }

  /** Probability of a value as low as `y` or lower, and of one as high or higher. */
  tails(y: number): { lower: number; upper: number } {
    const normal = 1 / (1 + Math.exp(this.#heavy));
    const { spread } = this;
    let upper = 0;
    let lower = 0;
    let total = 0;
    for (const { filter, weight } of this.#members) {
      const z = (y - filter.mean) / (spread * Math.sqrt(filter.variance));
      const tail = mixedTail(Math.abs(z), normal);
      upper += weight * (z < 0 ? 1 - tail : tail);
      lower += weight * (z < 0 ? tail : 1 - tail);
      total += weight;
    }
    return { lower: lower / total, upper: upper / total };
  }

  /**
   * Learns from a value.
   *
   * @param cut standard deviations that one value may teach of the level
   * @param weight 0 … 1: how much it teaches of noise, tails and which model is right
   * @param slowCut `cut` of the slow models
   */
  update(y: number, cut: number, weight: number, slowCut = cut): void {
    this.#seen++;
    if (weight > 0) {
      this.learnTail(y);
      const rate = Math.max(0.01, 1 / (this.#seen + 20));
      this.#square += rate * (Math.min(6.25, ((y - this.mean) / this.sd) ** 2) / 0.95 - this.#square);
    }
    let most = Number.NEGATIVE_INFINITY;
    const logs = this.#members.map(({ filter, shape, weight: before }) => {
      const sd = Math.sqrt(filter.variance);
      const z = Math.max(-4, Math.min(4, (y - filter.mean) / sd));
      filter.update(y - filter.mean, isSlow(shape) ? slowCut : cut, weight);
      const log = MEMORY ** weight * Math.log(before) + weight * (logStudent4(z) - Math.log(sd));
      most = Math.max(most, log);
      return log;
    });
    for (const [i, m] of this.#members.entries())
      m.weight = Math.max(LEAST_WEIGHT, Math.exp((logs[i] as number) - most));
    if (this.#seen === SCALE_KNOWN) this.#members = bestOfEach(this.#members);
    if (this.#seen === RHYTHM_KNOWN) this.#members = best(this.#members);
  }

  learnTail(y: number): void {
    const z = (y - this.mean) / (this.sd * this.spread);
    const odds = Math.min(ODDS_OF_ONE, logStudent4(z) - logNormal(z));
    this.#heavy = Math.max(HEAVY_LEAST, Math.min(HEAVY_MOST, HEAVY + 0.995 * (this.#heavy - HEAVY) + odds));
  }

  /** Makes room for another level; rhythm and noise stay known. */
  loosen(variance: number): void {
    for (const m of this.#members) m.filter.loosen(variance);
  }

  #filter(shape: number): Filter {
    const made = shapeOf(shape, this.#cadence, this.#prior);
    return new Filter(made.shape, made.logSigma);
  }

  toJSON(): BankState {
    return {
      members: this.#members.map((m) => ({ shape: m.shape, weight: m.weight, filter: m.filter.toJSON() })),
      seen: this.#seen,
      heavy: this.#heavy,
      square: this.#square,
      slowShare: this.#slowShare,
    };
  }

  restore(state: BankState): void {
    this.#members = state.members.map(({ shape, weight, filter: at }) => {
      const filter = this.#filter(shape);
      filter.restore(at);
      return { shape, weight, filter };
    });
    this.#seen = state.seen;
    this.#heavy = state.heavy;
    this.#square = state.square;
    this.#slowShare = state.slowShare;
  }
}

const byWeight = (members: readonly Member[]): Member[] =>
  [...members].sort((a, b) => b.weight - a.weight || a.shape - b.shape);

function best(members: readonly Member[]): Member[] {
  const sorted = byWeight(members);
  const slow = sorted.filter((m) => isSlow(m.shape)).slice(0, KEPT_SLOW);
  return [...slow, ...sorted.filter((m) => !slow.includes(m)).slice(0, KEPT - KEPT_SLOW)];
}

function bestOfEach(members: readonly Member[]): Member[] {
  const seen = new Set<number>();
  return byWeight(members).filter((m) => {
    const sibling = siblingsOf(m.shape);
    if (seen.has(sibling)) return false;
    seen.add(sibling);
    return true;
  });
}
