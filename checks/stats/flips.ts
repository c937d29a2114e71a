import { FLIP_RETURNS, FLIP_WINDOW, isCalendar, type Return, returnWithin } from "../../members/flips.ts";
import { type FlipBackground, learn, NO_BACKGROUND, strangeness } from "./flip-background.ts";
import { HOUR_MS, StreamClock, type StreamClockState } from "./stream-clock.ts";

export type FlipDelta = {
  /** Milliseconds. */
  readonly t: number;
  readonly size: number;
  readonly added: readonly string[];
  readonly removed: readonly string[];
};
export type FlipVerdict = { flagged: boolean; score: number; members: string[] };

/** Somebody who moved lately: since when away (null: is here), and the latest returns, oldest first. */
type Mover = { away: number | null; returns: Return[] };

export type FlipStreamState = {
  readonly clock: StreamClockState;
  readonly movers: readonly (readonly [string, number | null, readonly Return[]])[];
  readonly background: FlipBackground;
  readonly last: FlipVerdict;
};

/**
 * Flip-flops in a stream of membership deltas. A return is a member who was away for at most 4 daily (12 hourly)
 * snapshots; a member with three returns in 20 snapshots flips; the segment fights when clearly more members flip than
 * usually here. Causal, and bounded by the members that moved lately. Missing snapshots count as time, not as absence
 * of change; a snapshot that is not later than the one before tells nothing new and repeats the verdict.
 */
export class FlipStream {
  readonly #clock: StreamClock;
  readonly #movers: Map<string, Mover>;
  #background: FlipBackground;
  #last: FlipVerdict;

  constructor(state?: FlipStreamState) {
    this.#clock = new StreamClock(state?.clock);
    this.#movers = new Map(
      state?.movers.map(([id, away, returns]) => [id, { away, returns: returns.map((r) => ({ ...r })) }]),
    );
    this.#background = state?.background ?? NO_BACKGROUND;
    this.#last = state?.last ?? { flagged: false, score: 0, members: [] };
  }

  static from(state: FlipStreamState): FlipStream {
    return new FlipStream(state);
  }

  toJSON(): FlipStreamState {
    return {
      clock: this.#clock.toJSON(),
      movers: [...this.#movers].map(([id, m]) => [id, m.away, m.returns]),
      background: this.#background,
      last: this.#last,
    };
  }

  push(delta: FlipDelta): FlipVerdict {
    const step = this.#clock.tick(delta.t);
    if (step === null) return copy(this.#last);
    if (step === "new cadence") {
      this.#movers.clear();
      this.#background = NO_BACKGROUND;
    }
    this.#move(delta);
    this.#last = this.#judge();
    return copy(this.#last);
  }

  #move(delta: FlipDelta): void {
    const at = this.#clock.place;
    const within = returnWithin(this.#clock.cadence / HOUR_MS);
    const added = new Set(delta.added);
    for (const id of new Set(delta.removed)) {
      // Out and in within one snapshot: nobody was seen away.
      if (added.delete(id)) continue;
      const mover = this.#movers.get(id);
      if (mover === undefined) this.#movers.set(id, { away: at, returns: [] });
      else mover.away ??= at;
    }
    for (const id of added) {
      const mover = this.#movers.get(id);
      if (mover === undefined || mover.away === null) continue;
      const away = at - mover.away;
      mover.away = null;
      if (away <= within) mover.returns.push({ at, away });
    }
    for (const [id, mover] of this.#movers) {
      while ((mover.returns[0]?.at ?? at) <= at - FLIP_WINDOW) mover.returns.shift();
      const gone = mover.away !== null && at - mover.away > within;
      if (mover.returns.length === 0 && (mover.away === null || gone)) this.#movers.delete(id);
    }
  }

  #judge(): FlipVerdict {
    const oneOff = oneOffReturns(this.#movers.values());
    const cadenceHours = this.#clock.cadence / HOUR_MS;
    const counts: number[] = Array.from({ length: MOST_RETURNS }, () => 0);
    const members: string[] = [];
    for (const [id, { returns }] of this.#movers) {
      const own = returns.filter((r) => !oneOff.has(r.at));
      const n = Math.min(own.length, MOST_RETURNS);
      if (n === 0 || (n >= FLIP_RETURNS && isCalendar(own, cadenceHours))) continue;
      counts[n - 1] = (counts[n - 1] ?? 0) + 1;
      if (n >= FLIP_RETURNS) members.push(id);
    }
    const { score, fight } = strangeness(counts, this.#background);
    this.#background = learn(this.#background, counts, fight, FLIP_WINDOW);
    return { flagged: fight, score, members: fight ? members : [] };
  }
}

/** Nobody can return more often in a window: out and in, out and in. */
const MOST_RETURNS = FLIP_WINDOW / 2;

const copy = (v: FlipVerdict): FlipVerdict => ({ ...v, members: [...v.members] });

/** A crowd this many times the usual one that comes back at once … */
const CROWD_TIMES = 5;
const CROWD_LEAST = 10;
/** … of whom fewer than this share come back another time: an outage that was put right, nobody's flip-flop. */
const AGAIN_SHARE = 0.25;

function oneOffReturns(movers: Iterable<Mover>): ReadonlySet<number> {
  const crowds = new Map<number, { all: number; again: number }>();
  for (const { returns } of movers) {
    for (const r of returns) {
      const crowd = crowds.get(r.at) ?? { all: 0, again: 0 };
      crowd.all++;
      if (returns.length > 1) crowd.again++;
      crowds.set(r.at, crowd);
    }
  }
  const sizes = [...crowds.values()].map((c) => c.all).sort((a, b) => a - b);
  const usual = sizes[Math.floor((sizes.length - 1) / 2)] ?? 0;
  const limit = Math.max(CROWD_LEAST, CROWD_TIMES * (sizes.length > 3 ? usual : 0));
  return new Set(
    [...crowds].filter(([, c]) => c.all > limit && c.again < AGAIN_SHARE * c.all).map(([at]) => at),
  );
}
