import { type ComponentProps, lazy, Suspense } from "react";
import { useClock } from "./clock.tsx";
import { Figure } from "./figure.tsx";
import { count } from "./format.ts";
import type { SizeChart as Chart } from "./size-chart.tsx";
import { lineSummary } from "./sparkline.tsx";

const SizeChart = lazy(() => import("./size-chart.tsx").then((module) => ({ default: module.SizeChart })));

/** The chart library stays out of the first bundle; the space is kept so that nothing jumps. */
export function LazySizeChart(props: ComponentProps<typeof Chart> & { title: string }) {
  const clock = useClock();
  const rows = props.points.map((p) => [
    `${clock.date(p.at)} ${clock.time(p.at)}`,
    p.coverage === "complete" ? count(p.size) : `${count(p.size)} (${p.coverage})`,
    p.low === null || p.high === null
      ? "learning"
      : `${count(Math.round(p.low))} to ${count(Math.round(p.high))}`,
  ]);
  return (
    <Figure
      summary={`${props.title}: ${lineSummary(props.points)}`}
      table={{ head: [`Read (${clock.zone})`, "People", "Normal"], rows }}
    >
      <Suspense fallback={<div className="skel" style={{ height: props.height }} />}>
        <SizeChart {...props} />
      </Suspense>
    </Figure>
  );
}
