import { logChiSquareTail, logGammaLower } from "./gamma-tail.ts";
import { ShareModel, type ShareModelKind, type ShareModelState } from "./share-model.ts";

const P = (globalThis as any).process?.env ?? {};
const num = (k: string, d: number): number => (P[k] === undefined ? d : Number(P[k]));
const KINDS: readonly ShareModelKind[] = [0.0005, 0.01, 0.3].flatMap((level) =>
  (["none", "weekend", "weekday"] as const).map((rhythm) => ({ level, rhythm })),
);
const RATES = (P.RATES ?? '0.5,0.25,0.1').split(',').map(Number);
const MOST = 64;
const OTHER = "other";
const T_JUMP = num("TJ", 4.5);
const T_SLOW = num("TS", 5);
const T_STAY = num("TT", 2.5);
const TV = 0.02;
const NU = num("NU", 40);
const GATE = num("GATE", 2);
const COUNTED = num("CT", 3);
const RESET = num('RESET', 4);
const EXN = num('EXN', 12);
const WINS = num('WINS', 5);
const ANCHOR = 2;
const SLOWTAME = num('ST', 1);
const PROJ = num('PROJ', 0.6), EXC = num('EXC', 3), STP = num('STP', 0);
const OVER = num("OVER", 1e-4);
const NEWDAYS = 6;
const DAY = 86_400_000;
const LN10 = Math.LN10;

export class DistributionStream {
  names: string[] = [];
  index = new Map<string, number>();
  models: ShareModel[] = [];
  slow: { rate: number; e: number[]; w: number }[] = RATES.map((rate) => ({ rate, e: [], w: 0 }));
  last = NaN;
  points = 0;
  away: number[] = [];
  excess = 0.434 * EXN;
  excessN = EXN;
  usual = 0; // 1/n harmonic
  scale: number[] = [];
  scaleN = 0;
  run: { days: number; points: number; lastDay: number; sum: number[] } | null = null;
  before: { delta: number[]; until: number } | null = null;

  push(pt: { t: number; counts: Record<string, number> }): any {
    const entries = Object.entries(pt.counts);
    let n = 0;
    for (const [, v] of entries) n += v;
    if (!(n > 0) || !Number.isFinite(n) || entries.some(([, v]) => v < 0) || !(Number.isFinite(pt.t)) || pt.t <= this.last) return { score: 0, flagged: false };
    const share = this.#shares(entries, n);
    const k = this.names.length;
    const day = Math.floor(pt.t / DAY);
    const weekday = ((day + 4) % 7 + 7) % 7;
    if (this.models.length === 0) {
      const noise = 1 / n + OVER;
      this.models = KINDS.map((kind) => new ShareModel(kind, noise));
      for (const m of this.models) {
        for (let c = 0; c < k; c++) m.add();
        m.start(share, noise);
      }
      this.usual = 1 / n;
      this.last = pt.t;
      this.points = 1;
      return { score: 0, flagged: false };
    }
    const days = Math.min(60, (pt.t - this.last) / DAY);
    this.last = pt.t;
    const extra = Math.max(0, 1 / n - this.usual);
    for (const m of this.models) m.foresee(days, weekday, extra);
    // mixture
    const best = Math.max(...this.models.map((m) => m.evidence));
    let wsum = 0;
    const weights = this.models.map((m) => { const w = Math.exp(Math.max(-50, m.evidence - best)); wsum += w; return w; });
    const p: number[] = new Array(k).fill(0);
    let F = 0;
    this.models.forEach((m, i) => {
      const w = (weights[i] as number) / wsum;
      if (w < 1e-9) return;
      F += w * m.spread;
      for (let c = 0; c < k; c++) p[c] = (p[c] as number) + w * m.share(c);
    });
    const eff = Math.min(1 / F, n);
    const floor = 0.3 / (n * Math.min(this.points, 14));
    const r: number[] = [];
    for (let c = 0; c < k; c++) {
      p[c] = Math.max(0, p[c] as number);
      r.push((share[c] as number) - (p[c] as number));
    }
    const tail = (x2: number, df: number, nu: number): number => -logChiSquareTail(nu * Math.log1p(x2 / nu), df) / LN10;
    const nu = Math.min(NU, 4 + 2 * this.points);
    // groups
    const judge = (e: ArrayLike<number>, f: number): { all: number; one: number } => {
      let x2 = 0, df = -1, rareP = 0, rareR = 0, one = 0;
      const effective = Math.min(1 / f, n * F / f);
      for (let c = 0; c < k; c++) {
        const pc = Math.max(p[c] as number, floor), rc = e[c] as number;
        const s = this.#scaleOf(c);
        if (effective * pc < COUNTED) { rareP += pc; rareR += rc; }
        else { x2 += (rc * rc) / (pc * f * s); df++; }
        // one category alone
        let l: number;
        const ne = effective / s;
        if (rc > 0 && ne * pc < 30) {
          l = -logGammaLower((pc + rc) * ne, pc * ne) / LN10;
          l = Math.min(l, 30); 
        } else l = tail((rc * rc) / (pc * (1 - Math.min(pc, 0.999)) * f * s), 1, nu);
        if (l > one) one = l;
      }
      if (rareP > 0 && effective * rareP >= 1) { x2 += (rareR * rareR) / (rareP * f); df++; }
      return { all: df >= 1 ? tail(x2, df, nu + df - 1) : 0, one: Math.max(0, one - Math.log10(k)) };
    };
    const jump = judge(r, F);
    let jumpScore = Math.max(jump.all, jump.one);
    let slowScore = 0, slowTv = 0;
    const clipped = r.map((x, c) => { const lim = WINS * Math.sqrt(Math.max(p[c] as number, 1 / eff) * F * this.#scaleOf(c)); return Math.max(-lim, Math.min(lim, x)); });
    // anchor: the stillest model
    const still = this.models[ANCHOR] as ShareModel;
    while (this.away.length < k) this.away.push(0);
    for (let c = 0; c < k; c++) this.away[c] = 0.5 * (this.away[c] as number) + 0.5 * ((share[c] as number) - still.share(c));
    const awayTv = this.away.reduce((a, b) => a + Math.abs(b), 0) / 2;
    for (const s of this.slow) {
      while (s.e.length < k) s.e.push(0);
      let against = 0;
      for (let c = 0; c < k; c++) { const ec = s.e[c] as number; against += (ec * ec - 2 * ec * (clipped[c] as number)) / (Math.max(p[c] as number, 1 / eff) * F); }
      if (against > RESET) { s.e.fill(0); s.w = 0; }
      for (let c = 0; c < k; c++) s.e[c] = (1 - s.rate) * (s.e[c] as number) + s.rate * (clipped[c] as number);
      s.w = (1 - s.rate) ** 2 * s.w + s.rate ** 2 * F;
      const j = judge(s.e, s.w);
      const v = Math.max(j.all, j.one);
      if (v > slowScore) { slowScore = v; }
      const tv = s.e.reduce((a, b) => a + Math.abs(b), 0) / 2;
      const fast = (this.slow[0] as any).e as number[]; let dot = 0, nn = 0; for (let c = 0; c < k; c++) { const ec = s.e[c] as number; const w = 1 / Math.max(p[c] as number, 1 / eff); dot += w * ec * (fast[c] as number); nn += w * ec * ec; }
      if (v >= T_SLOW && dot >= PROJ * nn) slowTv = Math.max(slowTv, tv, awayTv);
    }
    const tv = r.reduce((a, b) => a + Math.abs(b), 0) / 2;
    // return to the normal of before
    if (this.before !== null && day > this.before.until) this.before = null;
    const running = this.run !== null;
    let same = false;
    if (this.run !== null) {
      let dot = 0, a = 0, b = 0;
      for (let c = 0; c < k; c++) { const x = (this.run.sum[c] ?? 0), y = r[c] as number; dot += x * y; a += x * x; b += y * y; }
      same = dot > 0.3 * Math.sqrt(a * b);
    }
    const rawJump = jumpScore; const tame = P.TAIL === '0' ? 1 : 0.434 / Math.max(0.434, this.excess / this.excessN); jumpScore *= tame; slowScore *= SLOWTAME ? Math.pow(tame, STP) : 1;
    let rhythm = false;
    const enough = this.points >= 5;
    let flagged = enough && ((jumpScore >= T_JUMP && tv >= TV) || (slowScore >= T_SLOW && Math.max(slowTv, 0) >= TV) || (running && same && jumpScore >= T_STAY && tv >= TV));
    if (flagged && this.#expected(r, day)) { flagged = false; rhythm = true; }
    if (jumpScore > 2 && this.before !== null) {
      const back = r.map((x, c) => x + (this.before!.delta[c] ?? 0));
      const j = judge(back, F);
      if (Math.max(j.all, j.one) < Math.min(3, jumpScore)) {
        const d = this.before.delta.slice();
        while (d.length < k) d.push(0);
        for (const m of this.models) m.move(d.map((x) => -x), 0);
        this.before = null;
        this.run = null;
        for (const s of this.slow) { s.e.fill(0); s.w = 0; }
        return { score: 0, flagged: false };
      }
    }
    let x2r = 0;
    for (let c = 0; c < k; c++) x2r += (r[c] as number) ** 2 / Math.max(p[c] as number, 1 / eff);
    const df = Math.max(1, k - 1);
    if (!flagged) {
      if (this.run !== null && this.run.days <= 2 && this.#along(r) < 0.4) { this.excess += EXC; this.excessN += 1; this.#remember(this.run.sum.map((x) => x / this.run!.points), this.run.lastDay); }
      this.run = null;
      this.models.forEach((m) => {
        let x2 = 0, g = 0;
        for (let c = 0; c < k; c++) { const pc = Math.max(p[c] as number, 0); if (pc * eff < 1) continue; x2 += ((share[c] as number) - m.share(c)) ** 2 / pc; g++; }
        g = Math.max(1, g - 1);
        m.score(x2, g);
        const ratio = x2 / (g * m.spread);
        const limit = 1 + GATE * Math.sqrt(2 / g);
        m.learnNoise(x2, g, 1e-9);
        m.learn(share, ratio > limit ? limit / ratio : 1);
      });
      this.usual += Math.max(0.05, 1 / (this.points + 1)) * (1 / n - this.usual);
      this.scaleN++;
      for (let c = 0; c < k; c++) {
        const pc = p[c] as number;
        if (pc * eff < 1) continue;
        const ratio = Math.min(6, (r[c] as number) ** 2 / (pc * (1 - Math.min(pc, 0.99)) * F));
        this.scale[c] = (this.scale[c] ?? 1) + 0.03 * (ratio - (this.scale[c] ?? 1));
      }
      this.points++;
      if (rawJump > 1) { this.excess += Math.min(3, rawJump - 1); this.excessN++; }
      this.excess = 0.995 * this.excess + 0.005 * 0.434 * EXN; this.excessN = 0.995 * this.excessN + 0.005 * EXN;
    } else {
      this.run ??= { days: 0, points: 0, lastDay: -1, sum: [] };
      if (!same && this.run.points > 0) this.run = { days: 0, points: 0, lastDay: -1, sum: [] };
      if (this.run.lastDay !== day) { this.run.days++; this.run.lastDay = day; }
      this.run.points++;
      for (let c = 0; c < k; c++) this.run.sum[c] = (this.run.sum[c] ?? 0) + (r[c] as number);
      if (this.run.days > NEWDAYS) {
        const delta = this.run.sum.map((x) => x / this.run!.points);
        for (const m of this.models) m.move(delta, m.noise);
        this.before = { delta, until: day + 30 };
        this.run = null;
        for (const s of this.slow) { s.e.fill(0); s.w = 0; }
      }
    }
    return { score: Math.max(jumpScore, slowScore), flagged, jump, jumpScore, slowScore, tv, slowTv, F, why: `ja${jump.all.toFixed(1)} jo${jump.one.toFixed(1)} s${slowScore.toFixed(1)} tv${tv.toFixed(3)} stv${slowTv.toFixed(3)} ${running?'R':''}` };
  }

  #along(r: number[]): number {
    const m = this.run!.sum.map((x) => x / this.run!.points);
    let dot = 0, a = 0;
    for (let c = 0; c < r.length; c++) { dot += (r[c] as number) * (m[c] ?? 0); a += (m[c] ?? 0) ** 2; }
    return dot / a;
  }
  seen: { v: number[]; days: number[] }[] = [];
  #like(a: readonly number[], b: readonly number[]): boolean {
    let dot = 0, x = 0, y = 0;
    for (let c = 0; c < Math.max(a.length, b.length); c++) { dot += (a[c] ?? 0) * (b[c] ?? 0); x += (a[c] ?? 0) ** 2; y += (b[c] ?? 0) ** 2; }
    return dot > 0.8 * Math.sqrt(x * y) && y < 3 * x;
  }
  #remember(v: number[], day: number): void {
    const known = this.seen.find((s) => this.#like(s.v, v));
    if (known) { known.days.push(day); if (known.days.length > 3) known.days.shift(); known.v = known.v.map((x, c) => (x + (v[c] ?? 0)) / 2); }
    else { this.seen.push({ v, days: [day] }); if (this.seen.length > 4) this.seen.shift(); }
  }
  #expected(r: number[], day: number): boolean {
    if (P.RHY === '0') return false;
    for (const s of this.seen) {
      if (s.days.length < 2 || !this.#like(s.v, r)) continue;
      const [b, a] = [s.days.at(-1) as number, s.days.at(-2) as number];
      const gap = b - a;
      const date = (d: number) => new Date(d * DAY).getUTCDate(), left = (d: number) => date(d) - new Date(Date.UTC(new Date(d * DAY).getUTCFullYear(), new Date(d * DAY).getUTCMonth() + 1, 0)).getUTCDate();
      if (gap >= 5 && (Math.abs(day - b - gap) <= 1 || (date(day) === date(b) && date(b) === date(a)) || (left(day) === left(b) && left(b) === left(a)))) { s.days.push(day); if (s.days.length > 3) s.days.shift(); return true; }
    }
    return false;
  }

  #scaleOf(c: number): number {
    const n = Math.min(60, this.scaleN);
    return Math.min(5, Math.max(0.3, (15 + n * (this.scale[c] ?? 1)) / (15 + n)));
  }

  #shares(entries: [string, number][], n: number): number[] {
    for (const [name] of entries) {
      if (this.index.has(name) || this.names.length >= MOST) continue;
      this.index.set(name, this.names.length);
      this.names.push(name);
      for (const m of this.models) m.add();
    }
    const share = new Array<number>(this.names.length).fill(0);
    for (const [name, v] of entries) { const i = this.index.get(name) ?? 0; share[i] = (share[i] as number) + v / n; }
    return share;
  }
}
