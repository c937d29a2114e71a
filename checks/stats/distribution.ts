import type { DistributionPoint, DistributionVerdict } from "../../core/distribution.ts";
import { weekdayOf } from "../zone.ts";
import { type DistributionState, type KeptDistribution, restore } from "./distribution-state.ts";
import { NOT_USED, usable, verdictOf } from "./distribution-verdict.ts";
import { ShareBank } from "./share-bank.ts";
import { along, type Foreseen, judgeShares, leastShare, strangest, totalVariation } from "./share-judge.ts";
import { ShiftRun } from "./shift-run.ts";
import { unpool } from "./unpool.ts";

const DAY = 86_400_000;
/** −log₁₀ p from which on one point, and the mean of several, is a fault. */
const JUMP = 4.5;
const SLOW = 4.3;
/** The same shift on the day after needs less. */
const STAYS = 2.5;
/** Smaller shifts are no fault, however sure. */
const LEAST_MOVED = 0.02;
/** With fewer points before it nothing is flagged. */
const ENOUGH = 5;
/** Before that even what looks strange is learned from: it may be the first weekend. */
const PROTECTED = 14;
/** The short mean must still show this much of what the longer ones tell. */
const STILL_THERE = 0.6;
/** So many days in one direction and what follows is the new normal. */
const NEW_NORMAL_DAYS = 6;
const OLD_NORMAL_DAYS = 45;
const LONGEST_GAP = 60;
const CERTAINTY = 40;

/**
 * Judges how people spread over the values of an attribute, point by point. Each point is compared with what a bank of
 * robust Kalman models foretells (level, slope, weekday), in units of the series' own unrest; the mean of several days
 * finds what no single day shows. A fault teaches nothing, until it has lasted for six days: then it is the new normal,
 * and the old one is known again when it comes back. Memory is bounded: 64 categories. Causal and deterministic.
 *
 * A point that is empty, not newer than the last, or has a count that is negative or not finite is not used.
 *
 * @see Brown, Goodman (1976) for χ² under overdispersion; West & Harrison (1997), Bayesian Forecasting, ch. 4 and 12
 */
export class DistributionStream {
  #s: DistributionState;

  constructor() {
    this.#s = restore(null);
  }

  static from(state: unknown): DistributionStream {
    const stream = new DistributionStream();
    stream.#s = restore(state);
    return stream;
  }

  toJSON(): KeptDistribution {
    return this.#s.toJSON();
  }

  push(point: DistributionPoint): DistributionVerdict {
    const s = this.#s;
    const given = usable(point, s.last);
    if (given === null) return NOT_USED;
    const { total } = given;
    const table = s.table;
    const usual = table.names.map((name, c) => [name, s.bank?.still(c) ?? 0] as const);
    const counts =
      point.pooledBelow === undefined ? given.counts : unpool(given.counts, total, point.pooledBelow, usual);
    const share = this.#shares(counts, total);
    const k = share.length;
    const day = Math.floor(point.t / DAY);
    if (s.bank === null) {
      s.bank = ShareBank.start(share, total);
      s.perPerson = 1 / total;
      s.last = point.t;
      s.points = 1;
      return verdictOf({
        names: table.names,
        share,
        total,
        foreseen: share,
        spread: 1 / total,
        unrest: s.unrest,
        off: [],
        judged: null,
        score: 0,
        points: 0,
        flagged: false,
        gradual: false,
        newNormal: false,
        learning: true,
      });
    }
    const days = Math.min(LONGEST_GAP, (point.t - (s.last ?? point.t)) / DAY);
    s.last = point.t;
    const { shares: foreseen, spread } = s.bank.foresee(
      days,
      weekdayOf(day),
      Math.max(0, 1 / total - s.perPerson),
      k,
    );
    const off = share.map((x, c) => x - (foreseen[c] as number));
    const least = leastShare(total, s.points);
    const f: Foreseen = {
      shares: foreseen,
      unrest: s.unrest.factors(k),
      people: total,
      certainty: Math.min(CERTAINTY, 4 + 2 * s.points),
    };
    const judged = judgeShares(off, spread, spread, least, f);
    const raw = strangest(judged);
    const jump = raw * s.tail.tame;
    const moved = totalVariation(off);
    const slow = this.#slow(off, share, days, spread, least, f);

    const same = s.run?.same(off) ?? false;
    const jumped = moved >= LEAST_MOVED && (jump >= JUMP || (same && jump >= STAYS));
    let flagged = s.points >= ENOUGH && (jumped || slow.shifted);
    const gradual = flagged && !jumped;
    // What came bit by bit is told against where the shares were for long, not against yesterday.
    const normal = gradual ? foreseen.map((_, c) => Math.max(0, s.bank?.still(c) ?? 0)) : foreseen;
    if (flagged && s.visits.expects(off, day)) flagged = false;
    if (s.old !== null && day > s.old.until) s.old = null;
    let newNormal = false;
    if (raw > 2 && s.old !== null && this.#fitsOld(share, spread, least, f, jump)) {
      s.bank.moveTo(pad(s.old.shares, k));
      this.#settle();
      s.old = null;
      flagged = false;
    } else if (flagged && s.points >= PROTECTED) newNormal = this.#suffer(off, same, foreseen, day);
    else this.#learn(share, off, foreseen, spread, raw, total);
    return verdictOf({
      names: table.names,
      share,
      total,
      foreseen: normal,
      spread,
      unrest: s.unrest,
      off: share.map((x, c) => x - (normal[c] as number)),
      judged,
      score: Math.max(jump, slow.score),
      points: s.points,
      flagged,
      gradual: flagged && gradual,
      newNormal,
      learning: s.points < ENOUGH,
    });
  }

  #shares(counts: readonly (readonly [string, number])[], total: number): number[] {
    const s = this.#s;
    const { added, merged } = s.table.admit(counts, total, (c) => s.bank?.still(c) ?? 0);
    for (let i = 0; i < added; i++) s.bank?.add();
    for (const from of merged) {
      s.bank?.merge(0, from);
      const vectors = [s.away, ...s.slow.map((q) => q.mean), ...s.visits.list.map((v) => v.shift)];
      if (s.run !== null) vectors.push(s.run.state.sum);
      if (s.old !== null) vectors.push(s.old.shares);
      for (const v of vectors) {
        v[0] = (v[0] ?? 0) + (v[from] ?? 0);
        if (from < v.length) v[from] = 0;
      }
      s.unrest.forget(from);
    }
    return s.table.shares(counts, total);
  }

  /** What the means of several days tell. */
  #slow(
    off: readonly number[],
    share: readonly number[],
    days: number,
    spread: number,
    least: number,
    f: Foreseen,
  ) {
    const s = this.#s;
    const pace = 1 - 0.5 ** Math.min(1, days);
    for (let c = 0; c < off.length; c++)
      s.away[c] = (1 - pace) * (s.away[c] ?? 0) + pace * ((share[c] as number) - (s.bank?.still(c) ?? 0));
    const far = totalVariation(s.away);
    let score = 0;
    let shifted = false;
    for (const q of s.slow) {
      const p = q.add(off, days, spread, least, f);
      score = Math.max(score, p);
      const weigh = (v: readonly number[]) =>
        v.map((x, c) => x / Math.sqrt(Math.max(f.shares[c] as number, spread, 1 / f.people)));
      if (p < SLOW || Math.max(far, q.totalVariation) < LEAST_MOVED) continue;
      if (along(weigh(s.slow[0]?.mean ?? []), weigh(q.mean)) >= STILL_THERE) shifted = true;
    }
    return { score, shifted };
  }

  /** Back to the normal before the last: the end of a fault is none. */
  #fitsOld(share: readonly number[], spread: number, least: number, f: Foreseen, jump: number): boolean {
    const old = pad(this.#s.old?.shares ?? [], share.length);
    const back = share.map((x, c) => x - (old[c] as number));
    return strangest(judgeShares(back, spread, spread, least, f)) < Math.min(3, jump);
  }

  /** Nothing is learned from a fault; one that lasts becomes the new normal. */
  #suffer(off: readonly number[], same: boolean, foreseen: readonly number[], day: number): boolean {
    const s = this.#s;
    if (s.run === null || !same) s.run = new ShiftRun();
    s.run.add(off, day);
    if (s.run.days <= NEW_NORMAL_DAYS) return false;
    s.old ??= { shares: [...foreseen], until: day + OLD_NORMAL_DAYS };
    s.bank?.move(pad(s.run.mean(), off.length));
    this.#settle();
    return true;
  }

  #settle(): void {
    this.#s.run = null;
    for (const q of this.#s.slow) q.clear();
  }

  #learn(
    share: readonly number[],
    off: readonly number[],
    foreseen: readonly number[],
    spread: number,
    raw: number,
    total: number,
  ): void {
    const s = this.#s;
    if (s.run !== null && s.run.days <= 2 && s.run.isOver(off)) {
      s.tail.visited();
      s.visits.remember(s.run.mean(), s.run.lastDay);
    }
    s.run = null;
    const least = Math.max(spread, 1 / total);
    s.bank?.learn(share, foreseen, least);
    s.perPerson += Math.max(0.05, 1 / (s.points + 1)) * (1 / total - s.perPerson);
    for (const q of s.slow) q.learn();
    s.unrest.learn(off, foreseen, spread, least);
    s.tail.learn(raw);
    s.points++;
  }
}

const pad = (v: readonly number[], k: number): number[] => Array.from({ length: k }, (_, c) => v[c] ?? 0);
