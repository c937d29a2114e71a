import type { Mark as MarkName, Point } from "../../app/api/contract.ts";
import { count } from "./format.ts";
import { Mark } from "./mark.tsx";

type Xy = { readonly x: number; readonly y: number };
const HEIGHT = 34;
const PAD = 6;

/** Runs of neighbouring complete points: a partial or unknown reading is a gap, never joined. */
export function runsOf<T>(points: readonly T[], whole: (point: T) => boolean): T[][] {
  const runs: T[][] = [];
  let open = false;
  for (const point of points) {
    if (!whole(point)) {
      open = false;
      continue;
    }
    if (!open) runs.push([]);
    runs.at(-1)?.push(point);
    open = true;
  }
  return runs;
}

const isWhole = (point: Point) => point.coverage === "complete" && point.size !== null;
const path = (points: readonly Xy[]) =>
  points.map((p, i) => `${i === 0 ? "M" : "L"}${p.x.toFixed(1)} ${p.y.toFixed(1)}`).join("");

/** One sentence with what the line shows. */
export function lineSummary(points: readonly Point[]): string {
  const whole = points.filter(isWhole);
  const first = whole[0];
  const last = whole.at(-1);
  if (!first || !last) return "No complete read yet.";
  const sizes = whole.map((point) => point.size ?? 0);
  const gaps = points.length - whole.length;
  return `${whole.length} complete reads, from ${count(first.size)} to ${count(last.size)} people, lowest ${count(Math.min(...sizes))}, highest ${count(Math.max(...sizes))}${gaps > 0 ? `; ${gaps} not read completely` : ""}.`;
}

/** Size over time with its expected band; the last point carries the shape. */
export function Sparkline(props: { points: readonly Point[]; mark: MarkName; width?: number }) {
  const width = props.width ?? 164;
  const { points } = props;
  const values = points.flatMap((p) => [p.size, p.low, p.high].filter((v): v is number => v !== null));
  const low = Math.min(...values);
  // A list that hardly moves is drawn calm, not stretched to full height.
  const high = Math.max(...values, low * 1.015);
  if (points.length === 0 || values.length === 0)
    return (
      <svg width={width} height={HEIGHT} role="img" aria-label="No complete read yet.">
        <path d={`M2 17H${width - 12}`} stroke="var(--edge)" strokeDasharray="3 3" />
      </svg>
    );
  const x = (index: number) => 2 + (index / Math.max(1, points.length - 1)) * (width - 16);
  const y = (value: number) => HEIGHT - PAD - ((value - low) / Math.max(1, high - low)) * (HEIGHT - 2 * PAD);
  const placed = points.map((point, index) => ({ point, x: x(index), y: y(point.size ?? low) }));
  const band = runsOf(
    points.map((point, index) => ({ point, x: x(index) })),
    ({ point }) => point.low !== null && point.high !== null,
  );
  const last = placed.at(-1);
  const lastWhole = placed.filter((p) => isWhole(p.point)).at(-1);
  const open = last && lastWhole && last !== lastWhole;
  return (
    <svg
      width={width}
      height={HEIGHT}
      viewBox={`0 0 ${width} ${HEIGHT}`}
      role="img"
      aria-label={lineSummary(points)}
    >
      {band.map((run) => (
        <path
          key={run[0]?.x}
          fill="var(--band)"
          d={`${path(run.map((p) => ({ x: p.x, y: y(p.point.high ?? low) })))}${path([...run].reverse().map((p) => ({ x: p.x, y: y(p.point.low ?? low) }))).replace("M", "L")}Z`}
        />
      ))}
      {runsOf(placed, (p) => isWhole(p.point)).map((run) => (
        <path key={run[0]?.x} d={path(run)} fill="none" stroke="var(--ink)" strokeWidth="1.4" />
      ))}
      {open && (
        <path
          d={`M${lastWhole.x} ${lastWhole.y}H${last.x}`}
          stroke="var(--edge)"
          strokeDasharray="2.5 2.5"
          fill="none"
        />
      )}
      {lastWhole && (
        <g transform={`translate(${lastWhole.x - 5} ${lastWhole.y - 5})`}>
          {open ? (
            <circle cx="5" cy="5" r="2.6" fill="var(--bg)" stroke="var(--edge)" />
          ) : (
            <LastPoint mark={props.mark} />
          )}
        </g>
      )}
    </svg>
  );
}

function LastPoint(props: { mark: MarkName }) {
  if (props.mark === "act" || props.mark === "look") return <Mark name={props.mark} size={10} silent />;
  return <circle cx="5" cy="5" r="2.8" fill="var(--ink)" />;
}
