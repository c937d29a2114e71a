import { median, medianAbsoluteDeviation } from "simple-statistics";
import type { Day } from "./daily.ts";
import { theilSen } from "./theil-sen.ts";
import { weekdayProfile, withoutRhythm } from "./weekday-profile.ts";

/** A series has left the line that it followed for four weeks, and stays away. */
export type Drift = {
  /** Natural logarithm of now / where the line would be. */
  readonly change: number;
  /** Change per day since `since`, as a logarithm. */
  readonly perDay: number;
  /** Local day from which on it left. */
  readonly since: number;
  /** Distance in standard deviations of such a forecast. */
  readonly score: number;
};

/** How long ago it may have begun. The line is learned from the four weeks before that. */
const WINDOWS = [5, 7, 10, 14] as const;
const BASE_DAYS = 28;
const ENOUGH_DAYS = 14;
/** The last three days must agree: one day off is not a drift. */
const AGREEING = 3;
const FLOOR = 0.0005;
/** Days between which a walk shows above the noise. */
const FAR = 5;

/**
 * Looks for slow change that no single day shows: extrapolates a Theil–Sen line from before a window of 5, 7, 10 or 14
 * days and measures where the last three days lie. The forecast's spread grows like that of a random walk whose trend
 * is itself estimated: walk·√(h + h²/n).
 *
 * @param days oldest first, today last, `value` a logarithm (of a size, or of copy / owner)
 * @param chance spread that counting alone explains, as a logarithm (about 0.5/√people)
 * @returns the window that tells most; null when there is too little history or the last days disagree
 */
export function drift(days: readonly Day[], chance: number): Drift | null {
  const today = days.at(-1);
  if (today === undefined) return null;
  const flat = withoutRhythm(days, weekdayProfile(days));
  const recent = flat.slice(-AGREEING);
  let best: Drift | null = null;
  for (const window of WINDOWS) {
    const base = flat.filter((d) => d.day <= today.day - window && d.day > today.day - window - BASE_DAYS);
    if (base.length < ENOUGH_DAYS) continue;
    const line = theilSen(base.map((d) => ({ x: d.day, y: d.value })));
    if (line === null) continue;
    const away = recent.map((d) => d.value - (line.intercept + line.slope * d.day));
    if (!(away.every((a) => a > 0) || away.every((a) => a < 0))) continue;
    const change = median(away);
    const { walk, noise } = wander(base, line.slope);
    const spread = Math.max(Math.sqrt(walk ** 2 * (window + window ** 2 / base.length) + noise ** 2), chance);
    const score = Math.abs(change) / spread;
    if (best === null || score > best.score)
      best = { change, perDay: change / Math.max(1, window - 1), since: today.day - window, score };
  }
  return best;
}

/**
 * Splits the unrest of a series into steps that stay (a random walk) and noise that does not, from how differences
 * grow with their distance: var(d) = d · walk² + 2 · noise².
 */
function wander(base: readonly Day[], slope: number): { walk: number; noise: number } {
  const near = spreadOf(base, 1, slope);
  const far = spreadOf(base, FAR, slope);
  const walk = Math.sqrt(Math.max(0, (far ** 2 - near ** 2) / (FAR - 1)));
  const noise = Math.sqrt(Math.max(0, near ** 2 - walk ** 2) / 2);
  return { walk: Math.max(walk, near / 4, FLOOR), noise };
}

function spreadOf(base: readonly Day[], apart: number, slope: number): number {
  const differences: number[] = [];
  for (let i = apart; i < base.length; i++) {
    const [a, b] = [base[i - apart], base[i]];
    if (a !== undefined && b !== undefined) differences.push(b.value - a.value - slope * (b.day - a.day));
  }
  return differences.length === 0 ? 0 : 1.4826 * medianAbsoluteDeviation(differences);
}
