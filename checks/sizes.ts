import type { Instant, Snapshot } from "../core/model.ts";
import type { SizeReading } from "../core/stream.ts";
import { usualPauseHours } from "./cron.ts";
import { metric } from "./readings.ts";
import { MetricStream } from "./stats/stream/metric-stream.ts";
import type { StreamPool } from "./stats/stream/pool.ts";
import { localTime } from "./zone.ts";

const DAY = 86_400_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;

/** A stream of sizes for a segment that is read by this cron; `pool`: what its siblings know. */
export const sizeStream = (
  cadence: string,
  from: Instant,
  timezone: string,
  pool: StreamPool | null = null,
): MetricStream =>
  new MetricStream("size", { step: usualPauseHours(cadence, Date.parse(from), timezone) * HOUR, pool });

/**
 * Takes the readings after `lastAt` into the stream: complete ones, but for those after a repair, and none that shows
 * the same data as the one before, since `freshness` tells of that.
 *
 * @param history of one segment, oldest first
 */
export function foldSizes(
  stream: MetricStream,
  lastAt: Instant | null,
  history: readonly Snapshot[],
  timezone: string,
): SizeReading[] {
  const readings: SizeReading[] = [];
  let before: Snapshot | undefined;
  for (const s of history) {
    const value = metric(s, "size");
    if (s.coverage !== "complete" || s.trigger === "readback" || value === null) continue;
    const again = nothingNew(s, before);
    before = s;
    if (again || (lastAt !== null && s.takenAt <= lastAt)) continue;
    const verdict = stream.push({ t: wallClock(s.takenAt, timezone), value, denominator: null });
    readings.push({ id: s.id, at: s.takenAt, value, verdict });
  }
  return readings;
}

/** The same data read again: neither its clock nor its size moved, so the verdict before stands. */
export const nothingNew = (latest: Snapshot, before: Snapshot | undefined): boolean =>
  before !== undefined &&
  latest.asOf === before.asOf &&
  latest.metrics.size?.numerator === before.metrics.size?.numerator;

/** Milliseconds of the local calendar, as streams take them. */
export function wallClock(at: Instant, timezone: string): number {
  const ms = Date.parse(at);
  const { day, minute } = localTime(ms, timezone);
  return day * DAY + minute * MINUTE + (ms % MINUTE);
}
