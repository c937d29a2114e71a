import { DistributionStream } from "../../checks/stats/distribution.ts";
import { FlipStream } from "../../checks/stats/flips.ts";
import { MetricStream, StreamPool } from "../../checks/stats/stream/metric-stream.ts";
import { countsIn, type Fields, idsIn, kindIn, nameIn, numberIn, numberOrNull, timeIn } from "./point.ts";

/** One answer, written as one line of JSON. */
export type Answer = { readonly score: number; readonly flagged: boolean } & Readonly<
  Record<string, unknown>
>;

/** Judges lines of one kind, in the order in which they come; what it keeps of each series does not grow. */
export type Detector = {
  /** The field that names a series. */
  readonly name: "series" | "segment";
  /** @throws UnreadableLine, NoReading */
  judge(fields: Fields): Answer;
  /** What a line that cannot be judged gets. */
  readonly silent: Answer;
};

/** The stream of a series, made at its first point. */
function perSeries<S>(make: () => S): (series: string) => S {
  const streams = new Map<string, S>();
  return (series) => {
    const known = streams.get(series);
    if (known !== undefined) return known;
    const made = make();
    streams.set(series, made);
    return made;
  };
}

/** Series of numbers. A series that changes its kind is another one from then on. */
export function metricDetector(): Detector {
  const pool = new StreamPool();
  const streams = new Map<string, ReturnType<typeof perSeries<MetricStream>>>();
  return {
    name: "series",
    silent: { score: 0, flagged: false, expected: null, low: null, high: null },
    judge(fields) {
      const series = nameIn(fields, "series");
      const t = timeIn(fields);
      const kind = kindIn(fields);
      const value = numberIn(fields, "value");
      const denominator = numberOrNull(fields, "denominator");
      let of = streams.get(kind);
      if (of === undefined) {
        of = perSeries(() => new MetricStream(kind, pool));
        streams.set(kind, of);
      }
      const { score, flagged, expected, low, high, because } = of(series).push({ t, value, denominator });
      return { score, flagged, expected, low, high, because };
    },
  };
}

/** 7 and "7" are two ids, and each is answered as it was written. */
const keyOf = (id: string | number): string => (typeof id === "number" ? `n${id}` : `s${id}`);
const idOf = (key: string): string | number => (key.startsWith("n") ? Number(key.slice(1)) : key.slice(1));

/** Snapshots of segments as who came and who left. */
export function flipDetector(): Detector {
  const streamOf = perSeries(() => new FlipStream());
  return {
    name: "segment",
    silent: { score: 0, flagged: false, members: [] },
    judge(fields) {
      const segment = nameIn(fields, "segment");
      const t = timeIn(fields);
      const size = numberIn(fields, "size");
      const added = idsIn(fields, "added").map(keyOf);
      const removed = idsIn(fields, "removed").map(keyOf);
      const { score, flagged, members } = streamOf(segment).push({ t, size, added, removed });
      return { score, flagged, members: members.map(idOf) };
    },
  };
}

/** Series of counts by category. */
export function distributionDetector(): Detector {
  const streamOf = perSeries(() => new DistributionStream());
  return {
    name: "series",
    silent: { score: 0, flagged: false },
    judge(fields) {
      const series = nameIn(fields, "series");
      const t = timeIn(fields);
      const { score, flagged } = streamOf(series).push({ t, counts: countsIn(fields, "counts") });
      return { score, flagged };
    },
  };
}
