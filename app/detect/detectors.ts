import { DistributionStream } from "../../checks/stats/distribution.ts";
import { FlipStream } from "../../checks/stats/flips.ts";
import { MetricStream } from "../../checks/stats/stream/metric-stream.ts";
import { StreamPool } from "../../checks/stats/stream/pool.ts";
import { becauseOf } from "./because.ts";
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

/** Many series have the same times, so the last one read is remembered. */
function clock(): (fields: Fields) => number {
  let text: unknown;
  let ms = 0;
  return (fields) => {
    if (fields.t !== text || text === undefined) {
      ms = timeIn(fields);
      text = fields.t;
    }
    return ms;
  };
}

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
  const timeOf = clock();
  const pool = new StreamPool();
  const streams = new Map<string, ReturnType<typeof perSeries<MetricStream>>>();
  return {
    name: "series",
    silent: { score: 0, flagged: false, expected: null, low: null, high: null },
    judge(fields) {
      const series = nameIn(fields, "series");
      const t = timeOf(fields);
      const kind = kindIn(fields);
      const value = numberIn(fields, "value");
      const denominator = numberOrNull(fields, "denominator");
      let of = streams.get(kind);
      if (of === undefined) {
        of = perSeries(() => new MetricStream(kind, { pool }));
        streams.set(kind, of);
      }
      const v = of(series).push({ t, value, denominator });
      const { score, flagged, expected, low, high } = v;
      return { score, flagged, expected, low, high, because: becauseOf(v) };
    },
  };
}

/** 7 and "7" are two ids, and each is answered as it was written. */
const keyOf = (id: string | number): string => (typeof id === "number" ? `n${id}` : `s${id}`);
const idOf = (key: string): string | number => (key.startsWith("n") ? Number(key.slice(1)) : key.slice(1));

/** Snapshots of segments as who came and who left. */
export function flipDetector(): Detector {
  const timeOf = clock();
  const streamOf = perSeries(() => new FlipStream());
  return {
    name: "segment",
    silent: { score: 0, flagged: false, members: [] },
    judge(fields) {
      const segment = nameIn(fields, "segment");
      const t = timeOf(fields);
      const size = numberIn(fields, "size");
      const added = idsIn(fields, "added").map(keyOf);
      const removed = idsIn(fields, "removed").map(keyOf);
      const { score, flagged, members } = streamOf(segment).push({ t, size, added, removed });
      return { score, flagged, members: members.map(idOf) };
    },
  };
}

/** Of the categories of a flagged point, so many are named: those that moved most. */
const MOST_MOVED = 3;

/** Series of counts by category. */
export function distributionDetector(): Detector {
  const timeOf = clock();
  const streamOf = perSeries(() => new DistributionStream());
  return {
    name: "series",
    silent: { score: 0, flagged: false, moved: [], new: [], gone: [] },
    judge(fields) {
      const series = nameIn(fields, "series");
      const t = timeOf(fields);
      const v = streamOf(series).push({ t, counts: countsIn(fields, "counts") });
      return {
        score: v.score,
        flagged: v.flagged,
        moved: v.flagged ? v.moved.slice(0, MOST_MOVED) : [],
        new: v.newCategories,
        gone: v.vanishedCategories,
        because: v.used ? null : "empty, or not later than the one before",
      };
    },
  };
}
