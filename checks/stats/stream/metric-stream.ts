import type { StreamKind, StreamPoint, StreamVerdict } from "../../../core/stream.ts";
import { Bank } from "./bank.ts";
import { Baseline } from "./baseline.ts";
import { type Cadence, cadenceOf, fillRegressors, type Regressors, regressors } from "./calendar.ts";
import { Cusum } from "./cusum.ts";
import { GREAT, unlike } from "./holidays.ts";
import { judge } from "./judge.ts";
import { pointTail } from "./point-tails.ts";
import type { StreamPool } from "./pool.ts";
import { type KindPrior, priorOf } from "./priors.ts";
import { countVariance, fromScale, inUnits, rateUnit, toScale } from "./scale.ts";
import { Stale } from "./stale.ts";
import type { Given, StreamState } from "./stream-state.ts";
import { typicalStep } from "./typical-step.ts";
import { usable } from "./usable.ts";
import { unjudged } from "./verdict.ts";
import { Windows } from "./windows.ts";

const DAY = 86_400_000;
/** Grows whenever a state from before would be read wrongly. */
const VERSION = 1;
/** Standard deviations that one point may teach of the level, and as much while something lasts. */
const CUT = 2.2;
const CUT_LASTING = 0.6;
const LASTING = 3.5;
/** Above this rarity a point teaches nothing: it waits for others of its side. */
const WILD = 3.3;
/** Half-width of the band that is shown, in standard deviations: 999 of 1000. */
const BAND = 3.29;
const CLOSE = 0.6;
/** Points from the past in a row after which the clock is believed to have been set back. */
const SET_BACK = 3;
/** Points of a gauge that tell its scale. */
const GAUGE_POINTS = 6;
const FEAST = { size: 0.01, count: 1, rate: 0.1, latency: 0.1, gauge: 0 } as const;

export type StreamOptions = Partial<Given> & {
  /** What siblings know, for a start. */
  readonly pool?: StreamPool | null;
};

/**
 * Judges the points of one metric as they come: what is expected of each, and whether it, or what it adds up to, is
 * out of the ordinary. Causal and deterministic; memory does not grow. Missing points are no data.
 *
 * @see docs/checks.md, "What is normal"
 */
export class MetricStream {
  readonly kind: StreamKind;
  readonly #pool: StreamPool | null;
  readonly #given: Given;
  #waiting: StreamPoint[] = [];
  #cadence: Cadence = "daily";
  #step = DAY;
  #prior: KindPrior | null = null;
  #bank: Bank | null = null;
  #h: Regressors = regressors("daily");
  #last: number | null = null;
  #late = 0;
  #seen = 0;
  #score = 0;
  #open = false;
  readonly #windows = new Windows();
  /** Only for how much sums of innovations wander. */
  readonly #innovations = new Windows();
  readonly #drift = new Cusum();
  readonly #lasting = new Cusum();
  readonly #stale = new Stale();
  readonly #baseline = new Baseline();

  constructor(kind: StreamKind, options: StreamOptions = {}) {
    this.kind = kind;
    this.#pool = options.pool ?? null;
    this.#given = { step: options.step ?? null, rebaseline: options.rebaseline ?? true };
  }

  /** @param point in order of time; `t` is wall-clock time of the series, so that weekdays and hours are its own */
  push(point: StreamPoint): StreamVerdict {
    if (!usable(this.kind, point)) return unjudged("not a value", this.#open);
    if (this.#last !== null && point.t <= this.#last) {
      if (++this.#late < SET_BACK) return unjudged("late", this.#open);
      this.#last = point.t;
      this.#late = 0;
      // Distances between points of two clocks are none.
      this.#waiting = [];
      return unjudged("late", this.#open);
    }
    this.#late = 0;
    const bank = this.#bank;
    if (bank === null) return this.#wait(point);
    return this.#judge(point, bank);
  }

  /** Lets siblings that start know how noisy this one is, once it knows by itself. */
  teach(): void {
    if (this.#bank !== null && this.#seen >= 16) this.#pool?.learn(this.kind, this, this.#bank.logSigma);
  }

  /** Until the distance between points is known, and a gauge's scale, nothing is said. */
  #wait(point: StreamPoint): StreamVerdict {
    this.#last = point.t;
    this.#waiting.push(point);
    const [first, second] = this.#waiting;
    if (first === undefined || second === undefined) return unjudged("first");
    if (this.kind === "gauge" && this.#waiting.length < GAUGE_POINTS) return unjudged("first");
    const points = this.#waiting;
    this.#waiting = [];
    const steps = points.slice(1).map((p, i) => p.t - (points[i]?.t ?? p.t));
    const shortest = this.#given.step ?? Math.min(...steps);
    this.#cadence = cadenceOf(shortest);
    this.#step = this.#cadence === "daily" ? DAY : shortest;
    this.#h = regressors(this.#cadence);
    const start = this.kind === "gauge" ? typicalStep(points) : first.value;
    this.#prior = priorOf(this.kind, start, this.#pool?.sigma(this.kind) ?? null);
    const bank = new Bank(this.#cadence, this.#prior);
    const scaled = toScale(this.kind, first);
    bank.start(scaled.y, scaled.known);
    this.#bank = bank;
    this.#last = first.t;
    fillRegressors(this.#cadence, first.t, this.#h);
    bank.predict(0, this.#h, () => scaled.known);
    this.#stale.push(first, null);
    let verdict = unjudged("first");
    for (const p of points.slice(1)) verdict = this.#judge(p, bank);
    return verdict;
  }

  #judge(point: StreamPoint, bank: Bank): StreamVerdict {
    const { kind } = this;
    const { y, known } = toScale(kind, point);
    const steps = Math.max(1e-3, (point.t - (this.#last ?? point.t)) / this.#step);
    this.#last = point.t;
    this.#seen++;
    fillRegressors(this.#cadence, point.t, this.#h);
    // Within an hour or so a series that is read often shows by itself what a small holiday does.
    const unusual = unlike(point.t);
    const feast = this.#cadence === "daily" || unusual >= GREAT ? unusual * FEAST[kind] : 0;
    const extra = feast * feast * (kind === "rate" ? rateUnit(point.value) ** 2 : 1);
    const sampling =
      kind === "count"
        ? (mean: number) => countVariance(fromScale("count", mean)) + extra
        : () => known + extra;
    bank.predict(steps, this.#h, sampling);

    const tail = pointTail(kind, point, y, bank);
    const off = y - bank.mean;
    const slowOff = y - bank.slow.mean;
    const feastDay = kind === "count" && extra > 0;
    const slowZ = slowOff / bank.slow.sd;
    const calm = this.#seen > 14 && this.#score < 1;
    this.#innovations.push(feastDay ? 0 : tail.z, calm);
    const judged = judge({
      kind,
      seen: this.#seen,
      cadence: this.#cadence,
      mean: bank.mean,
      slowShare: bank.slowShare,
      off,
      point: tail,
      window: this.#windows.push(feastDay ? 0 : slowZ, calm),
      drift: this.#drift.push(feastDay ? 0 : tail.z / this.#innovations.wander, feastDay ? 0 : off),
      lasting: this.#lasting.push(feastDay ? 0 : slowZ / this.#windows.wander, feastDay ? 0 : slowOff),
      stale: this.#stale.push(point, inUnits(kind, point, bank.mean, bank.sd)),
    });
    const flagged = judged.score > 1;
    const spread = BAND * bank.sd * bank.spread;
    const expected = {
      expected: fromScale(kind, bank.mean),
      low: fromScale(kind, bank.mean - spread),
      high: fromScale(kind, bank.mean + spread),
    };
    const newNormal = this.#learn(y, sampling, bank, {
      wild: tail.rarity > WILD,
      lasts: judged.windowRarity > LASTING,
      flagged,
      feastDay,
      side: flagged ? judged.side : 0,
      slowOff,
    });
    this.#score = judged.score;
    this.#open = judged.score > (this.#open ? CLOSE : 1);
    if (this.#seen % 8 === 0) this.teach();
    return {
      score: judged.score,
      flagged,
      open: this.#open,
      ...expected,
      z: tail.z,
      test: judged.test,
      side: judged.side,
      points: judged.points,
      newNormal,
      because: null,
    };
  }

  #learn(
    y: number,
    sampling: (mean: number) => number,
    bank: Bank,
    o: { wild: boolean; lasts: boolean; flagged: boolean; feastDay: boolean; side: number; slowOff: number },
  ): boolean {
    // Six days of one side, or a day and a half of a series that is read more often.
    const needed = this.#cadence === "daily" ? 6 : Math.max(30, (1.5 * DAY) / this.#step);
    const moved = this.#given.rebaseline && this.#baseline.push(o.flagged, o.side, o.slowOff, needed);
    if (typeof moved === "number") {
      bank.loosen(2 * moved * moved);
      bank.predict(0, this.#h, sampling);
      bank.update(y, 10, 0);
      this.#windows.clear();
      this.#innovations.clear();
      this.#drift.clear();
      this.#lasting.clear();
      return true;
    }
    const monthEdge = this.#cadence === "daily" && this.#h.n > 1;
    if (!o.wild) {
      const weight = o.feastDay ? 0 : o.flagged || this.#score > 1 ? 0.1 : 1;
      bank.update(y, CUT, weight, o.lasts ? CUT_LASTING : CUT);
    } else if (monthEdge) bank.update(y, 3, 0);
    else bank.learnTail(y);
    return false;
  }

  toJSON(): StreamState {
    return {
      version: VERSION,
      kind: this.kind,
      given: this.#given,
      waiting: [...this.#waiting],
      cadence: this.#cadence,
      step: this.#step,
      prior: this.#prior,
      last: this.#last,
      late: this.#late,
      seen: this.#seen,
      score: this.#score,
      open: this.#open,
      bank: this.#bank?.toJSON() ?? null,
      windows: this.#windows.toJSON(),
      innovations: this.#innovations.toJSON(),
      drift: this.#drift.toJSON(),
      lasting: this.#lasting.toJSON(),
      stale: this.#stale.toJSON(),
      baseline: this.#baseline.toJSON(),
    };
  }

  /** @throws RangeError for the state of another version: make the stream anew from what is kept */
  static from(state: StreamState, pool: StreamPool | null = null): MetricStream {
    if (state.version !== VERSION)
      throw new RangeError(`the state is of version ${state.version}, not ${VERSION}`);
    const stream = new MetricStream(state.kind, { ...state.given, pool });
    stream.#waiting = [...state.waiting];
    stream.#cadence = state.cadence;
    stream.#step = state.step;
    stream.#prior = state.prior;
    stream.#h = regressors(state.cadence);
    stream.#last = state.last;
    stream.#late = state.late;
    stream.#seen = state.seen;
    stream.#score = state.score;
    stream.#open = state.open;
    if (state.bank !== null && state.prior !== null) {
      stream.#bank = new Bank(state.cadence, state.prior);
      stream.#bank.restore(state.bank);
    }
    stream.#windows.restore(state.windows);
    stream.#innovations.restore(state.innovations);
    stream.#drift.restore(state.drift);
    stream.#lasting.restore(state.lasting);
    stream.#stale.restore(state.stale);
    stream.#baseline.restore(state.baseline);
    return stream;
  }
}
