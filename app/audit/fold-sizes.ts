import { foldSizes, sizeStream } from "../../checks/sizes.ts";
import { MetricStream } from "../../checks/stats/stream/metric-stream.ts";
import type { StreamPool } from "../../checks/stats/stream/pool.ts";
import type { StreamState } from "../../checks/stats/stream/stream-state.ts";
import type { Audience } from "../../core/config.ts";
import type { Instant, Snapshot, SystemId } from "../../core/model.ts";
import type { SizeReading } from "../../core/stream.ts";
import { getStreamStates } from "../../store/get-stream-states.ts";
import { putStreamStates } from "../../store/put-stream-states.ts";
import type { App } from "../app.ts";

const NAME = "size";
/** Readings kept with their verdicts: enough to look back to where a slow leak began. */
const RECENT = 64;

type Kept = { readonly stream: StreamState; readonly recent: readonly SizeReading[] };

/**
 * Carries the size stream of a segment on with the readings since it was last kept. Without a state, or with one of
 * another version, it is made anew from the kept snapshots.
 *
 * @param history snapshots of the segment, oldest first
 * @param pool of the segments of one system: a new one starts with what the others know
 * @returns the latest readings with their verdicts, oldest first
 */
export async function foldSizesOf(
  app: Pick<App, "db" | "log" | "config">,
  audience: Audience,
  system: SystemId,
  history: readonly Snapshot[],
  pool: StreamPool,
): Promise<readonly SizeReading[]> {
  const first = history[0];
  if (first === undefined) return [];
  const states = await getStreamStates(app.db, audience.id, system);
  const known = states.find((s) => s.stream === NAME);
  const kept = known === undefined ? null : revive(app, known.state as Kept, audience, system, pool);
  const stream = kept?.stream ?? sizeStream(audience.cadence, first.takenAt, app.config.timezone, pool);
  const lastAt: Instant | null = kept === null ? null : (known?.lastAt ?? null);
  const fresh = foldSizes(stream, lastAt, history, app.config.timezone);
  stream.teach();
  const recent = [...(kept?.recent ?? []), ...fresh].slice(-RECENT);
  const last = fresh.at(-1);
  if (last !== undefined) {
    const state: Kept = { stream: stream.toJSON(), recent };
    await putStreamStates(app.db, [{ audience: audience.id, system, stream: NAME, lastAt: last.at, state }]);
  }
  return recent;
}

function revive(
  app: Pick<App, "log">,
  kept: Kept,
  audience: Audience,
  system: SystemId,
  pool: StreamPool,
): { stream: MetricStream; recent: readonly SizeReading[] } | null {
  try {
    return { stream: MetricStream.from(kept.stream, pool), recent: kept.recent };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    app.log.info("stream.rebuilt", { audience: audience.id, system, stream: NAME, because: error.message });
    return null;
  }
}
