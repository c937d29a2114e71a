/** Alarms of one side may pause for this many points and are one run still. */
const PAUSE = 1;
const SMOOTH = 0.2;
/** A level that is this much further off than it was on the average of the run is still moving. */
const MOVING = 1.2;
/** Even then it is believed after so many times the usual run. */
const PATIENCE = 3;

export type BaselineState = {
  readonly run: number;
  readonly side: number;
  readonly pause: number;
  readonly off: number;
};

/** Counts alarms of one side in a row: after so many, the new level is the normal one. */
export class Baseline {
  #run = 0;
  #side = 0;
  #pause = 0;
  /** How far off the level is, smoothed. */
  #off = 0;

  /** @returns how far the level moved, when it is time to believe it; else null */
  push(alarm: boolean, side: number, off: number, needed: number): number | null {
    if (alarm && side !== 0) {
      // To and fro is no level.
      if (side !== this.#side) this.clear();
      this.#run++;
      this.#side = side;
      this.#pause = 0;
      this.#off = this.#run === 1 ? off : this.#off + SMOOTH * (off - this.#off);
    } else if (this.#run > 0 && ++this.#pause > PAUSE) this.clear();
    if (this.#run < needed) return null;
    const moving = Math.abs(off) > MOVING * Math.abs(this.#off);
    if (moving && this.#run < PATIENCE * needed) return null;
    const moved = Math.hypot(off, this.#off);
    this.clear();
    return moved;
  }

  clear(): void {
    this.#run = 0;
    this.#side = 0;
    this.#pause = 0;
    this.#off = 0;
  }

  toJSON(): BaselineState {
    return { run: this.#run, side: this.#side, pause: this.#pause, off: this.#off };
  }

  restore(state: BaselineState): void {
    this.#run = state.run;
    this.#side = state.side;
    this.#pause = state.pause;
    this.#off = state.off;
  }
}
