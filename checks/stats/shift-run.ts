import { along, likeness } from "./share-judge.ts";

export type ShiftRunState = { days: number; points: number; lastDay: number; sum: number[] };

/** Same direction as the days before: at least this cosine. */
const SAME = 0.3;
/** Less than this of the shift is left: it is over. */
const OVER = 0.4;

/** Days in a row on which the shares were off in one direction. */
export class ShiftRun {
  readonly state: ShiftRunState;

  constructor(state: ShiftRunState = { days: 0, points: 0, lastDay: -1, sum: [] }) {
    this.state = state;
  }

  get days(): number {
    return this.state.days;
  }

  get lastDay(): number {
    return this.state.lastDay;
  }

  mean(): number[] {
    return this.state.sum.map((x) => x / this.state.points);
  }

  same(off: readonly number[]): boolean {
    return likeness(this.state.sum, off) > SAME;
  }

  isOver(off: readonly number[]): boolean {
    return along(off, this.mean()) < OVER;
  }

  add(off: readonly number[], day: number): void {
    const s = this.state;
    if (s.lastDay !== day) s.days++;
    s.lastDay = day;
    s.points++;
    for (let c = 0; c < off.length; c++) s.sum[c] = (s.sum[c] ?? 0) + (off[c] as number);
  }
}
