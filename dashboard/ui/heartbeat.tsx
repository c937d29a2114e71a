import type { Overview } from "../../app/api/contract.ts";

type Beat = Overview["reads"][number]["beats"][number];
const STEP = 4;

/** One bar per read, oldest first: full = complete, half = partial, split = failed. Words stand beside it. */
export function Heartbeat(props: { beats: readonly Beat[]; label: string }) {
  const width = Math.max(1, props.beats.length) * STEP;
  return (
    <svg
      className="heartbeat"
      width="100%"
      height="16"
      viewBox={`0 0 ${width} 16`}
      preserveAspectRatio="none"
      role="img"
      aria-label={props.label}
    >
      {props.beats.map((beat, index) => {
        const x = index * STEP;
        if (beat.coverage === "complete")
          return <rect key={beat.at} x={x} y="0" width="2.7" height="16" fill="var(--mark)" />;
        if (beat.coverage === "partial")
          return <rect key={beat.at} x={x} y="8" width="2.7" height="8" fill="var(--look-mark)" />;
        return (
          <g key={beat.at} fill="var(--act-mark)">
            <rect x={x} y="0" width="2.7" height="6" />
            <rect x={x} y="10" width="2.7" height="6" />
          </g>
        );
      })}
    </svg>
  );
}
