import type { StreamPoint } from "../../../core/stream.ts";

/** Median distance between neighbours, or something above nothing for a flat beginning. */
export function typicalStep(points: readonly StreamPoint[]): number {
  const steps = points
    .slice(1)
    .map((p, i) => Math.abs(p.value - (points[i]?.value ?? p.value)))
    .sort((a, b) => a - b);
  const typical = steps[steps.length >> 1] ?? 0;
  const largest = steps.at(-1) ?? 0;
  const size = Math.max(...points.map((p) => Math.abs(p.value)));
  return Math.max(typical, 0.2 * largest, 1e-3 * size, 1e-9);
}
