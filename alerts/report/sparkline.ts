import { scaleLinear } from "d3-scale";
import { area, line } from "d3-shape";
import type { Mark, ReportPoint } from "./model.ts";

const WIDTH = 112;
const HEIGHT = 36;
const EDGE = 7;
export const SPARKLINE_SIZE = { width: WIDTH, height: HEIGHT } as const;

const INK = "#12181F";
const MARKS: Readonly<Record<"act" | "look", string>> = { act: "#CE3B0F", look: "#BC7203" };

/**
 * Eight weeks as a line on its expected range. Readings that were not complete leave a gap with a hollow dot;
 * the last point carries the shape of its verdict. No text, so that it needs no font.
 */
export function sparklineSvg(points: readonly ReportPoint[], mark: Mark): string {
  const x = scaleLinear()
    .domain([0, Math.max(1, points.length - 1)])
    .range([EDGE, WIDTH - EDGE]);
  const known = points.flatMap((p) => [p.size, p.low, p.high]).filter((n) => n !== null);
  const [low, high] = known.length === 0 ? [0, 1] : [Math.min(...known), Math.max(...known)];
  const pad = high === low ? Math.max(1, high * 0.02) : 0;
  const y = scaleLinear()
    .domain([low - pad, high + pad])
    .range([HEIGHT - EDGE, EDGE]);
  const at = points.map((p, i) => ({ p, x: x(i) }));
  const whole = (d: { p: ReportPoint }) => d.p.coverage === "complete" && d.p.size !== null;
  const band = area<(typeof at)[number]>()
    .defined((d) => d.p.low !== null && d.p.high !== null)
    .x((d) => d.x)
    .y0((d) => y(d.p.low ?? 0))
    .y1((d) => y(d.p.high ?? 0))(at);
  const path = line<(typeof at)[number]>()
    .defined(whole)
    .x((d) => d.x)
    .y((d) => y(d.p.size ?? 0))(at);
  const body = [
    band === null ? "" : `<path d="${band}" fill="#E6EDF3"/>`,
    path === null
      ? ""
      : `<path d="${path}" fill="none" stroke="${INK}" stroke-width="1.5" stroke-linejoin="round"/>`,
    ...at
      .filter((d) => d.p.flagged && d.p.size !== null && d !== at.at(-1))
      .map(
        (d) =>
          `<circle cx="${d.x}" cy="${y(d.p.size ?? 0)}" r="1.8" fill="${mark === "act" ? MARKS.act : MARKS.look}"/>`,
      ),
    lastShape(at, y, mark, whole),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}">${body.join("")}</svg>`;
}

type Place = { readonly p: ReportPoint; readonly x: number };

function lastShape(
  at: readonly Place[],
  y: (n: number) => number,
  mark: Mark,
  whole: (d: Place) => boolean,
): string {
  const last = at.at(-1);
  if (last === undefined) return "";
  if (!whole(last)) {
    const known = at.findLast(whole);
    const cy = known?.p.size == null ? HEIGHT / 2 : y(known.p.size);
    const from = known === undefined ? EDGE : known.x + 3;
    return `<path d="M${from},${cy}H${last.x - 4}" stroke="#7B8792" stroke-width="1.2" stroke-dasharray="2 2.5" fill="none"/><circle cx="${last.x}" cy="${cy}" r="3" fill="#fff" stroke="#7B8792" stroke-width="1.4" stroke-dasharray="2 1.4"/>`;
  }
  const [cx, cy] = [last.x, y(last.p.size ?? 0)];
  if (mark === "act")
    return `<path d="M${cx},${cy - 4.5}L${cx + 4.5},${cy}L${cx},${cy + 4.5}L${cx - 4.5},${cy}Z" fill="${MARKS.act}"/>`;
  if (mark === "look")
    return `<path d="M${cx},${cy - 4.5}L${cx + 4.5},${cy + 3.5}H${cx - 4.5}Z" fill="${MARKS.look}"/>`;
  return `<circle cx="${cx}" cy="${cy}" r="2.6" fill="${INK}"/>`;
}

/** The plumb bob of the letterhead. */
export const BOB_SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="15" height="20" viewBox="0 0 15 20"><path d="M1.5 1.5h12M7.5 1.5V10" stroke="${INK}" stroke-width="1.8" fill="none"/><path d="M7.5 9.4l4 3.6-4 6.4-4-6.4z" fill="${INK}"/></svg>`;
