export const HOUR_MS = 3_600_000;

export type StreamClockState = {
  readonly at: number | null;
  readonly place: number;
  readonly cadence: number;
  readonly gaps: readonly number[];
  /** Latest of the times that came too late, and how many of them came in order. */
  readonly late: { readonly at: number; readonly many: number } | null;
};

/** Gaps that the cadence is learned from, and how far it must move to be another one. */
const GAPS = 9;
const OTHER = 2.5;
/** So many late times that follow each other are no stragglers: the clock was set back. */
const SET_BACK = 5;

/**
 * The time of a stream in snapshots: learns the cadence (the middle of the latest gaps) and says on which place of it
 * each snapshot falls, so that a missing one leaves its place empty.
 */
export class StreamClock {
  #at: number | null;
  #place: number;
  #cadence: number;
  #gaps: number[];
  #late: StreamClockState["late"];

  constructor(state?: StreamClockState) {
    this.#at = state?.at ?? null;
    this.#place = state?.place ?? 0;
    this.#cadence = state?.cadence ?? 24 * HOUR_MS;
    this.#gaps = [...(state?.gaps ?? [])];
    this.#late = state?.late ?? null;
  }

  /** Place of the latest snapshot. */
  get place(): number {
    return this.#place;
  }

  /** Milliseconds between two snapshots; a day until there are two. */
  get cadence(): number {
    return this.#cadence;
  }

  toJSON(): StreamClockState {
    return { at: this.#at, place: this.#place, cadence: this.#cadence, gaps: this.#gaps, late: this.#late };
  }

  /** null: not a time, or not later than the one before; nothing changes then, unless the clock was set back. */
  tick(t: number): "next" | "new cadence" | null {
    if (!Number.isFinite(t)) return null;
    if (this.#at === null) {
      this.#at = t;
      return "next";
    }
    if (t <= this.#at) return this.#tooLate(t);
    const gap = t - this.#at;
    this.#at = t;
    this.#late = null;
    this.#gaps = [...this.#gaps.slice(1 - GAPS), gap];
    const middle = [...this.#gaps].sort((a, b) => a - b)[(this.#gaps.length - 1) >> 1] ?? gap;
    const learning = this.#gaps.length < GAPS;
    const other = middle > this.#cadence * OTHER || middle * OTHER < this.#cadence;
    if (learning || other) this.#cadence = middle;
    this.#place += Math.max(1, Math.round(gap / this.#cadence));
    return other && !learning ? "new cadence" : "next";
  }

  #tooLate(t: number): "next" | null {
    const before = this.#late;
    this.#late = { at: t, many: before !== null && t > before.at ? before.many + 1 : 1 };
    if (this.#late.many < SET_BACK) return null;
    this.#at = t;
    this.#late = null;
    this.#place++;
    return "next";
  }
}
