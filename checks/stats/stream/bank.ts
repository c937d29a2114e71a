import type { StreamKind } from "../../../core/stream.ts";
import { type Cadence, priorsOf } from "./calendar.ts";
import { Filter, type ModelShape, type Regressors } from "./kalman.ts";
import { logNormal, logStudent4, mixedTail } from "./tails.ts";

export type KindPrior = {
  /** Usual noise of a step, and the rhythm of a calm and of a lively series, on the transformed scale. */
  readonly sigma: number;
  readonly calm: number;
  readonly lively: number;
  readonly edge: number;
  readonly slope: number;
};

/** Where the noise lies: all in the measurement, or nearly all in the level, or between. */
const KINDS = [
  { noiseShare: 0.999, lingering: 0, memory: 0 },
  { noiseShare: 0.999, lingering: 0.5, memory: 0.4 },
  { noiseShare: 0.999, lingering: 0.7, memory: 0.75 },
  { noiseShare: 0.93, lingering: 0, memory: 0 },
  { noiseShare: 0.6, lingering: 0, memory: 0 },
  { noiseShare: 0.12, lingering: 0, memory: 0 },
] as const;
const ANCHOR = 0.999;
const SIGMAS = [0.22, 1, 4] as const;
/** Models that stay once the series is known. */
const KEPT = 8;
const PRUNE_AT = 16;
/** Weight of the past in the models' weights. */
const MEMORY = 0.985;

export type Prediction = { mean: number; sd: number; z: number };

type Member = { readonly filter: Filter; readonly key: number; weight: number };

/** Several models of one series side by side, weighted by how well each foretold it lately. */
export class Bank {
  members: Member[];
  seen = 0;
  mean = 0;
  sd = 1;
  /** Log odds of heavy tails against normal ones. */
  heavy = -2.5;
  /** How far the forecasts' spread is off, learned from standardised innovations. */
  spread = 1;
  anchorMean = 0;
  anchorShare = 0.5;
  #square = 1;

  constructor(cadence: Cadence, prior: KindPrior, start: number, known: number) {
    this.members = [];
    let key = 0;
    for (const s of SIGMAS)
      for (const kind of KINDS)
        for (const lively of [false, true]) {
          const shape: ModelShape = {
            ...kind,
            priors: priorsOf(cadence, lively ? prior.lively : prior.calm, lively ? prior.edge : prior.calm),
            slope: prior.slope * (s < 1 ? 0.5 : 1),
            damping: 0.99,
          };
          const filter = new Filter(shape, Math.log(prior.sigma * s));
          filter.start(start, (prior.sigma * s) ** 2 + known);
          this.members.push({ filter, key: key++, weight: s === 1 ? 2 : 1 });
        }
  }

  predict(steps: number, h: Regressors, known: (mean: number) => number, widen: number): void {
    let total = 0;
    for (const m of this.members) {
      if (steps > 0) m.filter.advance(steps);
      m.filter.predict(h, 0, widen);
      m.filter.predict(h, known(m.filter.mean), widen);
      total += m.weight;
    }
    let mean = 0;
    let square = 0;
    for (const m of this.members) {
      const w = m.weight / total;
      mean += w * m.filter.mean;
      square += w * (m.filter.variance + m.filter.mean ** 2);
    }
    this.mean = mean;
    this.sd = Math.sqrt(Math.max(1e-18, square - mean * mean));
  }

  /** Probability of a value as low as `y` or lower, and of one as high or higher. */
  tails(y: number): { lower: number; upper: number } {
    const normal = 1 / (1 + Math.exp(this.heavy));
    let upper = 0;
    let lower = 0;
    let total = 0;
    for (const m of this.members) {
      const z = (y - m.filter.mean) / (this.spread * Math.sqrt(m.filter.variance));
      const tail = mixedTail(z < 0 ? -z : z, normal);
      upper += m.weight * (z < 0 ? 1 - tail : tail);
      lower += m.weight * (z < 0 ? tail : 1 - tail);
      total += m.weight;
    }
    return { lower: lower / total, upper: upper / total };
  }

  /** What the slowest models make of `y`: they follow a level over weeks, so what lasts days stays visible. */
  anchor(y: number): number {
    let total = 0;
    let mean = 0;
    let square = 0;
    for (const m of this.members) {
      if (m.filter.shape.noiseShare < ANCHOR) continue;
      total += m.weight;
      mean += m.weight * m.filter.mean;
      square += m.weight * (m.filter.variance + m.filter.mean ** 2);
    }
    mean /= total;
    this.anchorMean = mean;
    let all = 0;
    for (const m of this.members) all += m.weight;
    this.anchorShare += 0.03 * (total / all - this.anchorShare);
    return (y - mean) / Math.sqrt(Math.max(1e-18, square / total - mean * mean));
  }

  update(y: number, h: Regressors, cut: number, weight: number, anchorCut = cut): void {
    this.seen += 1;
    if (weight > 0) {
      this.learnTail(y);
      const rate = Math.max(0.01, 1 / (this.seen + 20));
      const zz = Math.min(6.25, ((y - this.mean) / this.sd) ** 2);
      this.#square += rate * (zz / 0.95 - this.#square);
      this.spread = Math.min(1.3, Math.max(0.8, Math.sqrt(this.#square)));
    }
    let most = Number.NEGATIVE_INFINITY;
    const logs = this.members.map((m) => {
      const sd = Math.sqrt(m.filter.variance);
      const z = (y - m.filter.mean) / sd;
      const l = MEMORY ** weight * Math.log(m.weight) + weight * (logStudent4(Math.max(-4, Math.min(4, z))) - Math.log(sd));
      most = Math.max(most, l);
      m.filter.update(y - m.filter.mean, h, m.filter.shape.noiseShare < ANCHOR ? cut : anchorCut, weight);
      return l;
    });
    for (const [i, m] of this.members.entries()) m.weight = Math.max(1e-12, Math.exp((logs[i] as number) - most));
    if (this.seen === PRUNE_AT) this.#prune();
  }

  /** One far point tells of heavy tails, yet not everything: it may be a fault. */
  learnTail(y: number): void {
    const z = (y - this.mean) / (this.sd * this.spread);
    const odds = Math.min(0.7, logStudent4(z) - logNormal(z));
    this.heavy = Math.max(-3.5, Math.min(0, -2.5 + 0.995 * (this.heavy + 2.5) + odds));
  }

  loosen(variance: number): void {
    for (const m of this.members) m.filter.loosen(variance);
  }

  #prune(): void {
    const sorted = [...this.members].sort((a, b) => b.weight - a.weight || a.key - b.key);
    const slow = sorted.filter((m) => m.filter.shape.noiseShare >= ANCHOR).slice(0, 3);
    this.members = [...slow, ...sorted.filter((m) => !slow.includes(m)).slice(0, KEPT - slow.length)];
  }
}

export function priorOf(kind: StreamKind, first: number, denominator: number | null): KindPrior {
  switch (kind) {
    case "size":
      return { sigma: 0.006, calm: 0.002, lively: 0.03, edge: 0.02, slope: 0.001 };
    case "count":
      return { sigma: 0.12, calm: 0.04, lively: 0.45, edge: 0.7, slope: 0.0012 };
    case "rate": {
      const p = Math.min(0.98, Math.max(0.001, first));
      const unit = Math.sqrt(p * (1 - p));
      void denominator;
      return { sigma: 0.05 * unit + 0.002, calm: 0.01 * unit, lively: 0.12 * unit, edge: 0.05 * unit, slope: 0.001 * unit };
    }
    case "latency":
      return { sigma: 0.25, calm: 0.02, lively: 0.25, edge: 0.1, slope: 0.0015 };
    case "gauge":
      return { sigma: first, calm: 0.2 * first, lively: 3 * first, edge: first, slope: 0.02 * first };
  }
}
