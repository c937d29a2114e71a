import { MetricStream, type StreamOptions } from "../../checks/stats/stream/metric-stream.ts";
import type { StreamKind, StreamVerdict } from "../../core/stream.ts";
import { normal, random } from "./checks-series.ts";

/** Hand-made streams: what a series does on each of its points, run through the metric engine. */

export const DAY = 86_400_000;
export const MINUTE = 60_000;
/** A Monday; no holiday for five months but Easter's. */
export const START = Date.UTC(2026, 1, 16);

type Made = { readonly value: number; readonly denominator?: number };
export type Luck = { readonly normal: () => number; readonly unit: () => number };

/** Pushes what `of` makes of each point; null: it was not measured. Answers one verdict a point. */
export function run(
  kind: StreamKind,
  points: number,
  of: (i: number, luck: Luck, t: number) => Made | number | null,
  o: StreamOptions & { seed?: number; from?: number; every?: number } = {},
): StreamVerdict[] {
  const unit = random(o.seed ?? 1);
  const luck = { unit, normal: () => normal(unit) };
  const stream = new MetricStream(kind, o);
  const all: StreamVerdict[] = [];
  for (let i = 0; i < points; i++) {
    const t = (o.from ?? START) + i * (o.every ?? DAY);
    const made = of(i, luck, t);
    if (made === null) continue;
    const { value, denominator } = typeof made === "number" ? { value: made, denominator: undefined } : made;
    all.push(stream.push({ t, value, denominator: denominator ?? null }));
  }
  return all;
}

export const flagged = (verdicts: readonly StreamVerdict[]): number[] =>
  verdicts.flatMap((v, i) => (v.flagged ? [i] : []));

export const poisson = (mean: number, luck: Luck): number => {
  let k = 0;
  for (let p = luck.unit(); p > Math.exp(-mean); p *= luck.unit()) k++;
  return k;
};

export const quietSize = (i: number, luck: Luck): number =>
  Math.round(20_000 * Math.exp(0.0008 * i + 0.002 * luck.normal()));
