import type { StreamKind, StreamPoint } from "../../core/stream.ts";
import { normal, random } from "./checks-series.ts";

/** Series for the metric engine: plain ones of every kind and pace, and hostile ones. */

const MINUTE = 60_000;
export const DAY = 86_400_000;
/** A Monday. */
export const START = Date.UTC(2026, 0, 5);

export const KINDS = ["size", "count", "rate", "latency", "gauge"] as const satisfies readonly StreamKind[];
export const PACES = { daily: DAY, hourly: 60 * MINUTE, "5 minutes": 5 * MINUTE } as const;
export type Pace = keyof typeof PACES;

/** A believable value of the kind at this moment, with `u` in [−1, 1] as its luck. */
function believable(kind: StreamKind, t: number, u: number): Pick<StreamPoint, "value" | "denominator"> {
  const weekend = [0, 6].includes(new Date(t).getUTCDay()) ? -1 : 1;
  const hour = Math.sin((2 * Math.PI * (t % DAY)) / DAY);
  switch (kind) {
    case "size":
      return { value: Math.round(20_000 * Math.exp(0.004 * u + 0.001 * weekend)), denominator: null };
    case "count":
      return { value: Math.round(60 * Math.exp(0.2 * u + 0.3 * weekend + 0.4 * hour)), denominator: null };
    case "rate":
      return { value: Math.round(1_000 * (0.2 + 0.03 * u + 0.02 * hour)) / 1_000, denominator: 1_000 };
    case "latency":
      return { value: 3 * Math.exp(0.3 * u + 0.2 * hour), denominator: null };
    case "gauge":
      return { value: 40 + 5 * u + 8 * hour, denominator: null };
  }
}

/** A quiet series with a break now and then, missing stretches and a fault, from one seed. */
export function series(kind: StreamKind, pace: Pace, seed: number, points: number): StreamPoint[] {
  const r = random(seed);
  const all: StreamPoint[] = [];
  let t = START;
  const fault = Math.floor(points * (0.4 + 0.4 * r()));
  for (let i = 0; i < points; i++) {
    t += PACES[pace] * (r() < 0.03 ? 1 + Math.ceil(20 * r()) : 1);
    const { value, denominator } = believable(kind, t, Math.max(-1, Math.min(1, normal(r) / 2)));
    const faulty = i >= fault && i < fault + 12;
    all.push({ t, value: faulty ? value * 0.4 : value, denominator });
  }
  return all;
}

const VALUES = [
  0,
  1,
  0.5,
  1e15,
  -1,
  -0,
  1e-12,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
];
const DENOMINATORS = [0, null, 1, 2, 0.5, 7, 1e15, -3, Number.NaN, Number.POSITIVE_INFINITY];

/** What values a hostile series takes. */
export const STYLES = ["wild", "all equal", "zero", "zero or one", "few ties", "0 or 1e15", "quiet"] as const;
export type Style = (typeof STYLES)[number];

function hostileValue(style: Style, kind: StreamKind, t: number, r: () => number): Omit<StreamPoint, "t"> {
  const some = <T>(of: readonly T[]): T => of[Math.floor(r() * of.length)] as T;
  const denominator = kind === "rate" || r() < 0.1 ? some(DENOMINATORS) : null;
  switch (style) {
    case "wild":
      return { value: r() < 0.5 ? some(VALUES) : r() * 10 ** (30 * r() - 15), denominator };
    case "all equal":
      return { value: kind === "rate" ? 0.25 : 7, denominator: kind === "rate" ? 40 : null };
    case "zero":
      return { value: 0, denominator };
    case "zero or one":
      return { value: r() < 0.5 ? 0 : 1, denominator };
    case "few ties":
      return { value: kind === "rate" ? some([0.2, 0.2, 0.25]) : some([3, 3, 3, 4]), denominator };
    case "0 or 1e15":
      return { value: r() < 0.5 ? 0 : kind === "rate" ? 1 : 1e15, denominator };
    case "quiet":
      return believable(kind, t, r() - 0.5);
  }
}

/** A series that breaks every promise: duplicates, the past, years ahead and back, values that are none. */
export function hostile(
  kind: StreamKind,
  pace: Pace,
  style: Style,
  seed: number,
  points: number,
): StreamPoint[] {
  const r = random(seed);
  const all: StreamPoint[] = [];
  let t = START;
  for (let i = 0; i < points; i++) {
    const what = r();
    if (what < 0.8) t += PACES[pace];
    else if (what < 0.84) t -= PACES[pace] * Math.ceil(5 * r());
    else if (what < 0.88) t += PACES[pace] * Math.ceil(500 * r());
    else if (what < 0.89) t += 3_650 * DAY * r();
    else if (what < 0.9) t -= 3_650 * DAY * r();
    else if (what < 0.92) t += r();
    const told = what > 0.995 ? (r() < 0.5 ? Number.NaN : 8e15 * (r() - 0.5)) : t;
    all.push({ t: told, ...hostileValue(style, kind, t, r) });
  }
  return all;
}
