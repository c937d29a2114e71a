import { calendarOf } from "../zone.ts";
import { likeness } from "./share-judge.ts";

/** A shift that ended by itself within two days, and the last days (since 1970) on which it came. */
export type ShortVisit = { shift: number[]; days: number[] };

const KEPT = 4;
const DAYS_KEPT = 3;
const ALIKE = 0.8;
/** A visit three times as large as before is another one. */
const MOST_LARGER = 3;
const SHORTEST_RHYTHM = 5;

/** Shifts that come and go: the first of the month, the newsletter every fourth Tuesday. The third time they are expected. */
export class ShortVisits {
  readonly list: ShortVisit[];

  constructor(list: readonly ShortVisit[] = []) {
    this.list = list.map((v) => ({ shift: [...v.shift], days: [...v.days] }));
  }

  remember(shift: readonly number[], day: number): void {
    const known = this.list.find((v) => like(v.shift, shift));
    if (known === undefined) {
      this.list.push({ shift: [...shift], days: [day] });
      if (this.list.length > KEPT) this.list.shift();
      return;
    }
    known.shift = shift.map((x, c) => (x + (known.shift[c] ?? 0)) / 2);
    visit(known, day);
  }

  /** Did this shift come twice before, in the same rhythm or on the same day of the month? Then it came again. */
  expects(shift: readonly number[], day: number): boolean {
    const due = this.list.find((v) => like(v.shift, shift) && isDue(v.days, day));
    if (due !== undefined) visit(due, day);
    return due !== undefined;
  }
}

function visit(v: ShortVisit, day: number): void {
  v.days.push(day);
  if (v.days.length > DAYS_KEPT) v.days.shift();
}

function like(known: readonly number[], now: readonly number[]): boolean {
  const square = (v: readonly number[]) => v.reduce((sum, x) => sum + x * x, 0);
  return likeness(known, now) > ALIKE && square(now) < MOST_LARGER * square(known);
}

function isDue(days: readonly number[], day: number): boolean {
  const [first, second] = days.slice(-2);
  if (first === undefined || second === undefined) return false;
  const gap = second - first;
  if (gap < SHORTEST_RHYTHM) return false;
  const [a, b, now] = [calendarOf(first), calendarOf(second), calendarOf(day)];
  return (
    Math.abs(day - second - gap) <= 1 ||
    (a.date === b.date && b.date === now.date) ||
    (a.left === b.left && b.left === now.left)
  );
}
