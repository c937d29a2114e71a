import type { StreamKind, StreamPoint } from "../../../core/stream.ts";
import { Bank, priorOf } from "./bank.ts";
import { type Cadence, cadenceOf, fillRegressors, regressors } from "./calendar.ts";
import { cusumRarity } from "./alarm.ts";
import { deviateOf } from "./tails.ts";
import { Windows } from "./windows.ts";
import { holiday } from "./holidays.ts";
import { countVariance, fromScale, toScale } from "./scale.ts";

const DAY = 86_400_000;
export type StreamVerdict = { score: number; flagged: boolean; expected: number | null; low: number | null; high: number | null; because: string | null; z?: number };
const NONE: StreamVerdict = { score: 0, flagged: false, expected: null, low: null, high: null, because: null };

const e_ = fromScale;
const enough = (effect: number, least: number): number => Math.max(0, Math.min(1, effect / least));
const LEAST = { size: 0.01, count: 0.1, rate: 0.0, latency: 0.15, gauge: 0 } as const;
const FEAST = { size: 0.01, count: 1, rate: 0.15, latency: 0.3, gauge: 0 } as const;
const KS = [0.25, 0.5, 1];
export class StreamPool {}

export class MetricStream {
  readonly kind: StreamKind;
  #first: StreamPoint | null = null;
  #bank: Bank | null = null;
  #cadence: Cadence = "daily";
  #step = DAY;
  #h = regressors("daily");
  #last = 0;
  #run = 0; #runSum = 0; #side = 0; #gap = 0;
  #windows = new Windows(); #lastScore = 0;
  #upDev = KS.map(() => 0); #downDev = KS.map(() => 0); #aDev = KS.map(() => 0); #aN = KS.map(() => 0);
  #aups = KS.map(() => 0); #adowns = KS.map(() => 0); #ups = KS.map(() => 0); #downs = KS.map(() => 0);
  #tieRun = 0; #ties = 0; #seen = 0; #lastPoint: StreamPoint | null = null;

  constructor(kind: StreamKind, _pool?: StreamPool) { this.kind = kind; }

  push(p: StreamPoint): StreamVerdict {
    if (!Number.isFinite(p.value) || p.value < 0) return NONE;
    if (this.#first === null) { this.#first = p; this.#last = p.t; this.#lastPoint = p; return NONE; }
    if (p.t <= this.#last) return NONE;
    const s = toScale(this.kind, p);
    if (this.#bank === null) {
      this.#cadence = cadenceOf(p.t - this.#first.t);
      this.#step = this.#cadence === "daily" ? DAY : p.t - this.#first.t;
      this.#h = regressors(this.#cadence);
      const f = toScale(this.kind, this.#first);
      this.#bank = new Bank(this.#cadence, priorOf(this.kind, this.kind === "gauge" ? Math.max(1e-9, Math.abs(p.value - this.#first.value)) : this.#first.value, p.denominator), f.y, f.known);
      fillRegressors(this.#cadence, this.#first.t, this.#h);
      this.#bank.predict(0, this.#h, () => f.known, 1);
    }
    const bank = this.#bank;
    const steps = Math.max(1e-3, (p.t - this.#last) / this.#step);
    fillRegressors(this.#cadence, p.t, this.#h);
    const feast = holiday(p.t) * FEAST[this.kind];
    const unusual = feast > 0;
    const known = this.kind === "count" ? (m: number) => countVariance(fromScale("count", m)) + feast * feast : () => s.known + (feast * feast) * (this.kind === "rate" ? Math.max(0.001, p.value * (1 - p.value)) : 1);
    bank.predict(steps, this.#h, known, 1);
    const tails = bank.tails(s.y);
    const z = tails.upper < tails.lower ? deviateOf(tails.upper) : -deviateOf(tails.lower);
    const rarity = -Math.log10(Math.max(1e-30, 2 * Math.min(tails.upper, tails.lower)));
    this.#last = p.t; this.#seen++;
    const az = bank.anchor(s.y);
    const win = this.#windows.push(unusual ? 0 : az, this.#seen > 14 && this.#lastScore < 1);
    const wild = rarity > 3.3;
    const flaggedBefore = this.#lastScore > 1;
    const e = bank.mean;
    const low = fromScale(this.kind, bank.mean - 3.5 * bank.sd), high = fromScale(this.kind, bank.mean + 3.5 * bank.sd);
    const countSd2 = this.kind === "rate" ? (p.denominator ?? 1e9) * Math.max(1e-6, p.value * (1 - p.value)) + ((p.denominator ?? 1e9) * 0) : this.kind === "size" || this.kind === "count" ? (bank.sd * (e_(this.kind, e) + 1)) ** 2 : 1e9;
    const least = this.kind === "rate" ? 0.05 * Math.sin(Math.min(Math.PI, Math.max(0.02, bank.mean))) : Math.max(1e-12, LEAST[this.kind]);
    const dev = s.y - bank.mean; const adev = s.y - bank.anchorMean;
    const zc = unusual ? 0 : Math.max(-3.5, Math.min(3.5, z));
    let cusum = 0;
    for (const [i, k] of KS.entries()) {
      this.#ups[i] = Math.max(0, (this.#ups[i] ?? 0) + zc - k); this.#downs[i] = Math.max(0, (this.#downs[i] ?? 0) - zc - k);
      const up = this.#ups[i]!, down = this.#downs[i]!;
      this.#upDev[i] = up > 0 ? this.#upDev[i]! + dev : 0; this.#downDev[i] = down > 0 ? this.#downDev[i]! + dev : 0;
      const eff = up > down ? this.#upDev[i]! : -this.#downDev[i]!;
      cusum = Math.max(cusum, cusumRarity(Math.max(up, down), k) * enough(eff, 1.5 * least));
    }
    const azc = unusual ? 0 : Math.max(-3.5, Math.min(3.5, az / this.#windows.wander));
    let slow = 0;
    for (const [i, k] of KS.entries()) {
      this.#aups[i] = Math.max(0, (this.#aups[i] ?? 0) + azc - k); this.#adowns[i] = Math.max(0, (this.#adowns[i] ?? 0) - azc - k);
      const up = this.#aups[i]!, down = this.#adowns[i]!;
      this.#aN[i] = up > 0 || down > 0 ? this.#aN[i]! + 1 : 0; this.#aDev[i] = up > 0 || down > 0 ? this.#aDev[i]! + adev : 0;
      slow = Math.max(slow, cusumRarity(Math.max(up, down), k) * enough(Math.abs(this.#aDev[i]! / Math.max(1, this.#aN[i]!)), least));
    }
    const same = this.#lastPoint !== null && this.#lastPoint.value === p.value && (p.denominator === null || this.#lastPoint.denominator === p.denominator);
    let stale = 0;
    const ptie = 1 / Math.sqrt(1 + 2 * Math.PI * countSd2);
    if (same) { this.#tieRun++; const rate = Math.max((this.#ties + 0.5) / (this.#seen + 10), ptie); stale = this.#tieRun * -Math.log10(Math.min(0.97, rate)); } else { this.#ties += this.#tieRun > 2 ? 1 : this.#tieRun; this.#tieRun = 0; }
    this.#lastPoint = p;
    const ready = this.#seen >= 5;
    const parts = [rarity / 3.3 * enough(Math.abs(dev), least), cusum / 4.5, stale / 5, (this.#seen > 21 ? win.rarity : 0) / 4, slow / 4.5];
    const score = ready ? Math.max(...parts) : 0;
    const because = ["point", "cusum", "stale", "window", "slow"][parts.indexOf(Math.max(...parts))] ?? null;
    const flagged = score > 1;
    // re-baseline
    const side = wild ? Math.sign(z) : parts[3]! > 1 ? win.side : parts[4]! > 1 ? Math.sign(Math.max(...this.#aups) - Math.max(...this.#adowns)) : parts[1]! > 1 ? Math.sign(Math.max(...this.#ups) - Math.max(...this.#downs)) : 0;
    const runLength = this.#cadence === "daily" ? 6 : Math.max(30, 1.5 * DAY / this.#step);
    if (flagged && side !== 0 && (side === this.#side || this.#run === 0)) { this.#run++; this.#side = side; this.#runSum = 0.7 * this.#runSum + 0.3 * (s.y - bank.anchorMean); this.#gap = 0; }
    else if (this.#run > 0 && ++this.#gap > 1) { this.#run = 0; this.#runSum = 0; this.#gap = 0; }
    if (this.#run >= runLength) {
      bank.loosen((s.y - bank.anchorMean) ** 2 + this.#runSum ** 2);
      bank.predict(0, this.#h, known, 1);
      bank.update(s.y, this.#h, 10, 0);
      this.#run = 0; this.#windows.clear(); this.#ups.fill(0); this.#downs.fill(0); this.#aups.fill(0); this.#adowns.fill(0); this.#runSum = 0;
    } else if (!wild) bank.update(s.y, this.#h, 2.2, unusual ? 0 : flagged || flaggedBefore ? 0.1 : 1, win.rarity > 3.5 ? 0.6 : 2.2);
    else bank.learnTail(s.y);
    this.#lastScore = score;
    return { score, flagged: score > 1, expected: fromScale(this.kind, e), low, high, because, z, dbg: `az ${az.toFixed(2)} share ${bank.anchorShare.toFixed(2)} slow ${slow.toFixed(1)} win ${win.rarity.toFixed(1)} heavy ${bank.heavy.toFixed(1)} spread ${bank.spread.toFixed(2)} anc ${bank.anchorMean.toFixed(2)} y ${s.y.toFixed(2)} ` + bank.members.map((m) => `${m.filter.shape.noiseShare}/${m.filter.shape.memory}:${Math.exp(m.filter.logSigma).toFixed(3)}:${m.weight.toFixed(2)}:${Math.sqrt(m.filter.variance).toFixed(3)}`).join(' ') } as StreamVerdict;
  }
}
