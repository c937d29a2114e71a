import {
  Area,
  CartesianGrid,
  ComposedChart,
  Line,
  ReferenceArea,
  ReferenceDot,
  ReferenceLine,
  ResponsiveContainer,
  XAxis,
  YAxis,
} from "recharts";
import type { Mark as MarkName, Point } from "../../app/api/contract.ts";
import { extent, rowsOf, ticks } from "./chart-data.ts";
import { useClock } from "./clock.tsx";
import { count, short } from "./format.ts";

type Props = {
  points: readonly Point[];
  mark: MarkName;
  changes: readonly { at: string; text: string }[];
  domain?: [number, number] | undefined;
  height: number;
  large?: boolean;
};
const AXIS = { fontSize: 11, fill: "var(--ink-3)" };

function Hollow(props: { cx?: number; cy?: number; payload?: { partial: number | null } }) {
  if (
    props.payload?.partial == null ||
    props.cx === undefined ||
    props.cy === undefined ||
    Number.isNaN(props.cy)
  )
    return <g />;
  return (
    <circle
      cx={props.cx}
      cy={props.cy}
      r="3.6"
      fill="var(--bg)"
      stroke="var(--edge)"
      strokeDasharray="2 1.4"
    />
  );
}

function End(props: { cx?: number; cy?: number; mark: MarkName }) {
  const { cx = 0, cy = 0 } = props;
  if (props.mark === "act") return <path d={`M${cx} ${cy - 6}l6 6-6 6-6-6z`} fill="var(--act-mark)" />;
  if (props.mark === "cant_tell")
    return <circle cx={cx} cy={cy} r="3.4" fill="var(--bg)" stroke="var(--edge)" />;
  if (props.mark === "look") return <path d={`M${cx} ${cy - 6}l6 10h-12z`} fill="var(--look-mark)" />;
  return <circle cx={cx} cy={cy} r="3" fill="var(--ink)" />;
}

function Pentagon(props: { viewBox?: { x?: number; y?: number; height?: number } }) {
  const { x = 0, y = 0, height = 0 } = props.viewBox ?? {};
  return <path d={`M${x - 4} ${y + height - 4}h8v6l-4 4-4-4z`} fill="var(--ink-2)" />;
}

/** Size over time: the line, its expected band, partial reads beside a gap, configuration changes as dotted lines. */
export function SizeChart(props: Props) {
  const clock = useClock();
  const rows = rowsOf(props.points);
  const own = extent(props.points);
  const domain =
    props.domain ??
    (own
      ? [Math.max(0, own[0] - (own[1] - own[0]) * 0.1 - 2), own[1] + (own[1] - own[0]) * 0.1 + 2]
      : [0, 1]);
  const last = rows.filter((row) => row.size !== null).at(-1);
  const first = rows[0];
  const end = rows.at(-1);
  if (!first || !end || !last)
    return (
      <p className="muted" style={{ height: props.height }}>
        No complete read yet.
      </p>
    );
  const from = first.t;
  const to = end.t;
  const days = props.large ? 6 : 2;
  const times = Array.from({ length: days }, (_, index) => from + ((to - from) * index) / (days - 1));
  const iso = (t: number) => new Date(t).toISOString();
  const marked = props.changes
    .filter((change) => Date.parse(change.at) >= from && Date.parse(change.at) <= to)
    .slice(-3);
  return (
    <ResponsiveContainer width="100%" height={props.height}>
      <ComposedChart
        data={rows}
        margin={{ top: 14, right: props.large ? 24 : 12, bottom: 4, left: 0 }}
        accessibilityLayer={false}
      >
        <defs>
          <pattern
            id="unknown"
            width="5"
            height="5"
            patternUnits="userSpaceOnUse"
            patternTransform="rotate(45)"
          >
            <path d="M0 0V5" stroke="var(--line-2)" strokeWidth="1.4" />
          </pattern>
        </defs>
        {end.t > last.t && end.size === null && end.partial === null && (
          <ReferenceArea x1={last.t} x2={end.t} fill="url(#unknown)" fillOpacity={1} ifOverflow="hidden" />
        )}
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis
          dataKey="t"
          type="number"
          domain={[from, to]}
          ticks={times}
          tickFormatter={(t: number) => clock.date(iso(t))}
          tick={AXIS}
          tickLine={false}
          axisLine={false}
          interval="preserveStartEnd"
          height={22}
        />
        <YAxis
          width={props.large ? 56 : 40}
          domain={domain}
          ticks={ticks([domain[0] ?? 0, domain[1] ?? 1], props.large ? 5 : 4)}
          tickFormatter={(n: number) => (props.large ? count(n) : short(n))}
          tick={AXIS}
          tickLine={false}
          axisLine={false}
          allowDataOverflow
        />
        <Area
          dataKey="band"
          type="linear"
          stroke={props.large ? "var(--band-edge)" : "none"}
          strokeDasharray="3 3"
          strokeWidth={1}
          fill="var(--band)"
          fillOpacity={1}
          isAnimationActive={false}
          connectNulls={false}
          activeDot={false}
        />
        {marked.map((change) => (
          <ReferenceLine
            key={change.at + change.text}
            x={Date.parse(change.at)}
            stroke="var(--ink-2)"
            strokeDasharray="1.5 2.5"
            label={<Pentagon />}
          />
        ))}
        <Line
          dataKey="size"
          type="linear"
          stroke="var(--ink)"
          strokeWidth={1.5}
          dot={props.large ? { r: 1.8, fill: "var(--ink)", strokeWidth: 0 } : false}
          isAnimationActive={false}
          connectNulls={false}
          activeDot={false}
        />
        <Line dataKey="partial" stroke="none" dot={<Hollow />} isAnimationActive={false} activeDot={false} />
        <ReferenceDot x={last.t} y={last.size ?? 0} shape={<End mark={props.mark} />} />
      </ComposedChart>
    </ResponsiveContainer>
  );
}
