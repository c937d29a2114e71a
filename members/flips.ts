/** A member flips who came back this often … */
export const FLIP_RETURNS = 3;
/** … within this many readings. */
export const FLIP_WINDOW = 20;

const HOURLY = 12;
const DAILY = 4;

/**
 * Readings that a member may be away for and still count as back again: 4 daily or 12 hourly ones, between them in
 * proportion on logarithmic scales; who is away for longer has left and joined anew.
 *
 * @param hours between two readings
 * @example returnWithin(24) // 4
 * @example returnWithin(1) // 12
 */
export function returnWithin(hours: number): number {
  if (!(hours > 1)) return HOURLY;
  return Math.max(DAILY, Math.round(HOURLY * hours ** (Math.log(DAILY / HOURLY) / Math.log(24))));
}

/** Readings a week, if they are about one a day; else 0, and no calendar explains returns. */
export function weekOf(hours: number): number {
  const week = Math.round(168 / hours);
  return week >= 6 && week <= 8 ? week : 0;
}

/** A return: in which reading, and for how many the member was away. */
export type Return = { readonly at: number; readonly away: number };

/**
 * Does the calendar explain these returns? Daily readings of people who are there on weekdays only see them come back
 * every Monday: exactly a week apart, after two days or more.
 *
 * @param returns oldest first
 * @param hours between two readings
 */
export function isCalendar(returns: readonly Return[], hours: number): boolean {
  const week = weekOf(hours);
  return (
    week > 0 &&
    returns.every((r, i) => r.away >= 2 && (i === 0 || r.at - (returns[i - 1] as Return).at === week))
  );
}

const bitAt = (lo: number, hi: number, i: number): number => (i < 32 ? lo >>> i : hi >>> (i - 32)) & 1;

/**
 * The returns within the newest `bits` readings, oldest first: runs of at most `within` absences that have presence on
 * both sides. `at` counts readings back from the newest, as a negative number.
 *
 * @example returnsOf(0b1101, 0, 4, 4) // [{ at: -1, away: 1 }]
 */
export function returnsOf(lo: number, hi: number, bits: number, within: number): Return[] {
  const returns: Return[] = [];
  // An absence that began before the window still ends in it, if its beginning is known.
  let away = 0;
  let known = false;
  for (let i = Math.min(64, bits + within) - 1; i >= 0; i--) {
    if (bitAt(lo, hi, i) === 0) {
      away++;
      continue;
    }
    if (known && away > 0 && away <= within && i < bits) returns.push({ at: -i, away });
    known = true;
    away = 0;
  }
  return returns;
}

/** Changes of presence between the newest 32 readings: a return is two of them. */
function changes(lo: number, hi: number): number {
  let n = 0;
  for (let x = lo ^ ((lo >>> 1) | (hi << 31)); x !== 0; x &= x - 1) n++;
  return n;
}

/** Has this member come back at all? Spares most members the loop over their bits. */
export const hasReturned = (lo: number, hi: number): boolean => changes(lo, hi) >= 2;

/** The readings that flips are counted over. */
export type FlipRule = {
  /** At most as many as the segment has. */
  readonly bits: number;
  readonly within: number;
  /** Between two readings. */
  readonly hours: number;
};

/** Does this member flip? */
export function isFlipping(lo: number, hi: number, rule: FlipRule): boolean {
  if (changes(lo, hi) < 2 * FLIP_RETURNS) return false;
  const returns = returnsOf(lo, hi, rule.bits, rule.within);
  return returns.length >= FLIP_RETURNS && !isCalendar(returns, rule.hours);
}

/** "1" present, "0" absent, oldest first. */
export function presenceText(lo: number, hi: number, bits: number): string {
  let text = "";
  for (let i = bits - 1; i >= 0; i--) text += bitAt(lo, hi, i).toString();
  return text;
}
