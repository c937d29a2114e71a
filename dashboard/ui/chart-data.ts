import type { Point } from "../../app/api/contract.ts";

export type Row = {
  readonly t: number;
  readonly size: number | null;
  readonly partial: number | null;
  readonly band: [number, number] | null;
  readonly flagged: boolean;
};

/** Points as the chart wants them: a partial reading leaves a gap in the line and a hollow dot beside it. */
export const rowsOf = (points: readonly Point[]): Row[] =>
  points.map((p) => ({
    t: Date.parse(p.at),
    size: p.coverage === "complete" ? p.size : null,
    partial: p.coverage === "partial" ? p.size : null,
    band: p.low !== null && p.high !== null ? [p.low, p.high] : null,
    flagged: p.flagged,
  }));

/** Smallest and largest of what will be drawn; null when nothing was read. Partial dots do not stretch the scale. */
export function extent(points: readonly Point[]): [number, number] | null {
  const values = points
    .flatMap((p) => [p.coverage === "complete" ? p.size : null, p.low, p.high])
    .filter((v): v is number => v !== null);
  return values.length === 0 ? null : [Math.min(...values), Math.max(...values)];
}

const round = (low: number, high: number): [number, number] => {
  const room = Math.max(4, (high - low) * 0.12);
  return [Math.max(0, Math.floor(low - room)), Math.ceil(high + room)];
};

/**
 * One scale for all small multiples whose values lie close together; those far off keep their own and are named.
 * @returns per id its domain, and the ids with a scale of their own
 */
export function sharedScale(
  lines: readonly { id: string; points: readonly Point[] }[],
  owner: string,
): { domains: Map<string, [number, number]>; own: string[] } {
  const extents = lines.flatMap((line) => {
    const e = extent(line.points);
    return e ? [{ id: line.id, low: e[0], high: e[1] }] : [];
  });
  const reference = extents.find((e) => e.id === owner) ?? extents[0];
  const domains = new Map<string, [number, number]>();
  if (!reference) return { domains, own: [] };
  const room = Math.max(reference.high - reference.low, reference.high * 0.05) * 1.5;
  const near = extents.filter((e) => e.low >= reference.low - room && e.high <= reference.high + room);
  const shared = round(Math.min(...near.map((e) => e.low)), Math.max(...near.map((e) => e.high)));
  for (const e of extents) domains.set(e.id, near.includes(e) ? shared : round(e.low, e.high));
  return { domains, own: extents.filter((e) => !near.includes(e)).map((e) => e.id) };
}

/** At most `most` round ticks inside a domain. */
export function ticks([low, high]: readonly [number, number], most: number): number[] {
  const raw = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(Math.max(raw, 1)));
  const step = [1, 2, 2.5, 5, 10].map((f) => f * power).find((s) => s >= raw) ?? power * 10;
  const out: number[] = [];
  for (let v = Math.ceil(low / step) * step; v <= high; v += step) out.push(v);
  return out;
}
