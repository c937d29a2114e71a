import { describe, expect, test } from "vitest";
import { normal, random } from "../../../test/property/checks-series.ts";
import { fillRegressors, priorsOf, regressors } from "./calendar.ts";
import { Filter, type ModelShape } from "./kalman.ts";

const DAY = 86_400_000;
const SHAPE: ModelShape = {
  noiseShare: 0.6,
  lingering: 0.4,
  memory: 0.7,
  priors: priorsOf("daily", 0.3, 0.2),
  slope: 0.01,
  damping: 0.95,
};
const N = 3 + SHAPE.priors.length;

type Matrix = readonly (readonly number[])[];

const matrix = (of: (i: number, j: number) => number): Matrix =>
  Array.from({ length: N }, (_, i) => Array.from({ length: N }, (_, j) => of(i, j)));
const at = (m: Matrix, i: number, j: number): number => m[i]?.[j] ?? Number.NaN;
const dot = (of: (k: number) => number): number =>
  Array.from({ length: N }, (_, k) => of(k)).reduce((a, b) => a + b, 0);
const times = (a: Matrix, b: Matrix): Matrix => matrix((i, j) => dot((k) => at(a, i, k) * at(b, k, j)));
const turned = (a: Matrix): Matrix => matrix((i, j) => at(a, j, i));

/** The textbook filter with whole matrices: x ← Fx, P ← FPFᵀ + Q; S = HPHᵀ + R; P ← (I − KH) P (I − KH)ᵀ + KRKᵀ (Joseph). */
class Plain {
  x: readonly number[] = new Array<number>(N).fill(0);
  p: Matrix = matrix(() => 0);
  mean = 0;
  variance = 0;
  #h: readonly number[] = [];
  #r = 0;

  start(level: number, variance: number, sigma: number): void {
    this.x = this.x.map((_, i) => (i === 0 ? level : 0));
    const first = [variance, SHAPE.slope ** 2, SHAPE.lingering * SHAPE.noiseShare * sigma ** 2];
    this.p = matrix((i, j) => (i === j ? (first[i] ?? (SHAPE.priors[i - 3] ?? 0) ** 2) : 0));
  }

  advance(steps: number, sigma: number): void {
    const keep = SHAPE.damping ** steps;
    const left = SHAPE.memory ** steps;
    const f = matrix((i, j) => {
      if (i === 0 && j === 1) return (1 - keep) / (1 - SHAPE.damping);
      if (i !== j) return 0;
      return i === 1 ? keep : i === 2 ? left : 1;
    });
    const own = [
      (1 - SHAPE.noiseShare) * sigma ** 2 * steps,
      SHAPE.slope ** 2 * (1 - keep ** 2),
      (1 - left ** 2) * SHAPE.lingering * SHAPE.noiseShare * sigma ** 2,
    ];
    const moved = times(times(f, this.p), turned(f));
    const x = this.x;
    this.x = x.map((_, i) => dot((k) => at(f, i, k) * (x[k] ?? 0)));
    this.p = matrix((i, j) => {
      const q = own[i] ?? (SHAPE.priors[i - 3] ?? 0) ** 2 * 1e-5 * Math.min(steps, 50);
      return at(moved, i, j) + (i === j ? q : 0);
    });
  }

  predict(h: readonly number[], known: number, sigma: number): void {
    this.#h = h;
    this.#r = SHAPE.noiseShare * (1 - SHAPE.lingering) * sigma ** 2 + known;
    this.mean = dot((k) => (h[k] ?? 0) * (this.x[k] ?? 0));
    this.variance = dot((i) => (h[i] ?? 0) * dot((k) => at(this.p, i, k) * (h[k] ?? 0))) + this.#r;
  }

  update(innovation: number, cut: number): void {
    const h = this.#h;
    const sd = Math.sqrt(this.variance);
    const e = Math.max(-cut * sd, Math.min(cut * sd, innovation));
    const k = this.x.map((_, i) => dot((j) => at(this.p, i, j) * (h[j] ?? 0)) / this.variance);
    this.x = this.x.map((v, i) => v + (k[i] ?? 0) * e);
    const rest = matrix((i, j) => (i === j ? 1 : 0) - (k[i] ?? 0) * (h[j] ?? 0));
    const p = times(times(rest, this.p), turned(rest));
    this.p = matrix((i, j) => at(p, i, j) + this.#r * (k[i] ?? 0) * (k[j] ?? 0));
  }
}

const dense = (h: ReturnType<typeof regressors>): number[] => {
  const all: number[] = Array.from({ length: N }, (_, i) => (i === 0 || i === 2 ? 1 : 0));
  for (let k = 0; k < h.n; k++) all[(h.index[k] ?? 0) + 3] = h.value[k] ?? 0;
  return all;
};

/** Largest distance between two filters' states and covariances. */
const apart = (filter: Filter, plain: Plain): number => {
  let most = Math.max(Math.abs(filter.mean - plain.mean), Math.abs(filter.variance - plain.variance));
  for (let i = 0; i < N; i++) {
    most = Math.max(most, Math.abs((filter.x[i] ?? Number.NaN) - (plain.x[i] ?? 0)));
    for (let j = 0; j < N; j++)
      most = Math.max(most, Math.abs((filter.p[i * N + j] ?? Number.NaN) - at(plain.p, i, j)));
  }
  return most;
};

/** Is the matrix positive: does Cholesky's decomposition find a root at every step? */
function positive(filter: Filter): boolean {
  const l = matrix(() => 0).map((row) => [...row]);
  for (let i = 0; i < N; i++)
    for (let j = 0; j <= i; j++) {
      let sum = filter.p[i * N + j] ?? Number.NaN;
      for (let k = 0; k < j; k++) sum -= at(l, i, k) * at(l, j, k);
      if (i === j && !(sum > 0)) return false;
      (l[i] as number[])[j] = i === j ? Math.sqrt(sum) : sum / at(l, j, j);
    }
  return true;
}

const symmetric = (filter: Filter): boolean => {
  for (let i = 0; i < N; i++)
    for (let j = 0; j < i; j++) if (filter.p[i * N + j] !== filter.p[j * N + i]) return false;
  return true;
};

describe("the filter", () => {
  test.each([0, 1])("is the textbook's, step by step, with gaps; teaching weight %d", (weight) => {
    const r = random(5);
    const filter = new Filter(SHAPE, Math.log(0.1));
    const plain = new Plain();
    filter.start(2, 0.03);
    plain.start(2, 0.03, 0.1);
    const h = regressors("daily");
    let t = Date.UTC(2026, 0, 1);
    for (let i = 0; i < 250; i++) {
      const steps = r() < 0.1 ? 1 + 30 * r() : 1;
      t += steps * DAY;
      fillRegressors("daily", t, h);
      const sigma = Math.exp(filter.logSigma);
      const known = 0.001 * (i % 3);
      filter.advance(steps);
      filter.predict(h, () => known);
      plain.advance(steps, sigma);
      plain.predict(dense(h), known, sigma);
      expect(apart(filter, plain)).toBeLessThan(1e-9);
      const y = 2 + 0.3 * Math.sin(i) + 0.1 * normal(r) + (i % 40 === 39 ? 3 : 0);
      filter.update(y - filter.mean, 2.2, weight);
      plain.update(y - plain.mean, 2.2);
      expect(apart(filter, plain)).toBeLessThan(1e-9);
      if (weight === 0) expect(filter.logSigma).toBe(Math.log(0.1));
    }
    if (weight === 1) expect(filter.logSigma).not.toBeCloseTo(Math.log(0.1), 3);
  });

  test("its covariance stays symmetric to the last bit, and positive, over 2,000 steps with gaps and outliers", () => {
    const r = random(9);
    const filter = new Filter(SHAPE, Math.log(0.1));
    filter.start(2, 0.03);
    const h = regressors("daily");
    let t = Date.UTC(2020, 0, 1);
    for (let i = 0; i < 2_000; i++) {
      const steps = r() < 0.05 ? 400 * r() : r() < 0.1 ? 0.01 : 1;
      t += steps * DAY;
      fillRegressors("daily", t, h);
      filter.advance(steps);
      filter.predict(h, () => 0.0001);
      expect(filter.variance).toBeGreaterThan(0);
      // Not every point is learned from.
      if (r() < 0.8) filter.update(0.1 * normal(r) * (r() < 0.02 ? 50 : 1), 2.2, r());
      if (i % 500 === 499) filter.loosen(1);
      expect(symmetric(filter)).toBe(true);
      if (i % 10 === 0) expect(positive(filter)).toBe(true);
    }
  });

  test.each([0.22, 4])("finds the noise of a series when it first took it for %d times as much", (scale) => {
    const r = random(21);
    const filter = new Filter({ ...SHAPE, noiseShare: 0.999, lingering: 0 }, Math.log(0.05 * scale));
    filter.start(1, 0.01);
    const h = regressors("daily");
    for (let i = 0; i < 1_500; i++) {
      fillRegressors("daily", i * DAY, h);
      filter.advance(1);
      filter.predict(h, () => 0);
      filter.update(1 + 0.05 * normal(r) - filter.mean, 2.2, 1);
    }
    expect(Math.exp(filter.logSigma)).toBeGreaterThan(0.04);
    expect(Math.exp(filter.logSigma)).toBeLessThan(0.06);
  });

  test("a state at rest goes on as the filter did, even when a point was not learned from", () => {
    const r = random(2);
    const one = new Filter(SHAPE, Math.log(0.1));
    one.start(0, 0.1);
    const h = regressors("daily");
    const step = (filter: Filter, i: number, y: number) => {
      fillRegressors("daily", i * DAY, h);
      filter.advance(i % 7 === 0 ? 3 : 1);
      filter.predict(h, () => 0.01);
      if (i % 5 > 1) filter.update(y - filter.mean, 2.2, 1);
    };
    for (let i = 0; i <= 35; i++) step(one, i, normal(r));
    const other = new Filter(SHAPE, 0);
    other.restore(JSON.parse(JSON.stringify(one.toJSON())));
    for (let i = 36; i < 120; i++) {
      const y = normal(r);
      step(one, i, y);
      step(other, i, y);
      expect(other.mean).toBe(one.mean);
      expect(other.variance).toBe(one.variance);
    }
  });

  test("stays positive when a level that was let go is found again very precisely", () => {
    const filter = new Filter({ ...SHAPE, priors: SHAPE.priors.map((v) => v * 1e-8) }, Math.log(1e-9));
    filter.start(0, 1e-18);
    const h = regressors("daily");
    for (let i = 0; i < 300; i++) {
      fillRegressors("daily", i * DAY, h);
      filter.advance(1);
      if (i % 50 === 49) filter.loosen(2);
      filter.predict(h, () => 0);
      filter.update((i / 50) % 2 < 1 ? 0 - filter.mean : 1 - filter.mean, 10, 1);
      expect(symmetric(filter)).toBe(true);
      expect(positive(filter)).toBe(true);
      expect(filter.learned).toBeGreaterThan(0);
      // Found again: as sure of it as one value makes.
      expect(filter.p[0]).toBeLessThan(1e-15);
    }
  });

  test("makes room for another level and keeps what it knows of rhythm", () => {
    const filter = new Filter(SHAPE, Math.log(0.1));
    filter.start(2, 0.03);
    const before = [...filter.p];
    filter.loosen(5);
    expect(filter.p[0]).toBeCloseTo(5.03, 12);
    for (let i = 3; i < N; i++) expect(filter.p[i * N + i]).toBe(before[i * N + i]);
  });
});
