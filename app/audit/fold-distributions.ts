import { DistributionStream } from "../../checks/stats/distribution.ts";
import type { DistributionVerdict } from "../../core/distribution.ts";
import type { AudienceId, Instant, RunId, Snapshot, SystemId } from "../../core/model.ts";
import { FEWEST_PEOPLE } from "../../members/value-counts.ts";
import { dropStreamStates } from "../../store/drop-stream-states.ts";
import { getStreamStates, type StreamState } from "../../store/get-stream-states.ts";
import { putStreamStates } from "../../store/put-stream-states.ts";
import type { App } from "../app.ts";

const PREFIX = "attribute:";

type Segment = { readonly audience: AudienceId; readonly system: SystemId };
type Kept = { readonly lastAt: Instant | null; readonly stream: DistributionStream };

/**
 * Carries the attribute streams of a segment on with the readings since they were last kept, and judges the latest.
 * A stream without a state, or one of another version, is made anew from the kept snapshots. Only complete scheduled
 * readings are learned from; a manual one is judged and forgotten.
 *
 * @param history snapshots of the segment, oldest first
 * @param counted attributes that may be counted; what is kept of others is dropped
 * @returns verdicts on the reading of `runId` by attribute; none when it is not complete
 */
export async function foldDistributions(
  app: Pick<App, "db" | "log">,
  segment: Segment,
  history: readonly Snapshot[],
  counted: readonly string[],
  runId: RunId,
): Promise<Readonly<Record<string, DistributionVerdict>>> {
  const kept = await getStreamStates(app.db, segment.audience, segment.system);
  const ours = kept.filter((s) => s.stream.startsWith(PREFIX));
  const stale = ours.map((s) => s.stream).filter((s) => !counted.includes(s.slice(PREFIX.length)));
  if (stale.length > 0) await dropStreamStates(app.db, segment.audience, segment.system, stale);

  const latest = history.at(-1);
  const verdicts: [string, DistributionVerdict][] = [];
  const states: StreamState[] = [];
  for (const attribute of counted) {
    const known = ours.find((s) => s.stream === PREFIX + attribute);
    const { lastAt, stream } = reviveStream(app, known, segment);
    const folded = fold(stream, lastAt, history, attribute);
    if (folded.lastAt !== null && folded.lastAt !== lastAt)
      states.push({
        ...segment,
        stream: PREFIX + attribute,
        lastAt: folded.lastAt,
        state: stream.toJSON(),
      });
    if (latest === undefined || latest.runId !== runId || latest.coverage !== "complete") continue;
    const verdict = folded.of === latest.id ? folded.verdict : judgeOnly(stream, latest, attribute);
    if (verdict !== null) verdicts.push([attribute, verdict]);
  }
  await putStreamStates(app.db, states);
  return Object.fromEntries(verdicts);
}

function reviveStream(app: Pick<App, "log">, known: StreamState | undefined, segment: Segment): Kept {
  if (known === undefined) return { lastAt: null, stream: new DistributionStream() };
  try {
    return { lastAt: known.lastAt, stream: DistributionStream.from(known.state) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    app.log.info("stream.rebuilt", { ...segment, stream: known.stream, because: error.message });
    return { lastAt: null, stream: new DistributionStream() };
  }
}

type Folded = { lastAt: Instant | null; of: string | null; verdict: DistributionVerdict | null };

export function fold(
  stream: DistributionStream,
  lastAt: Instant | null,
  history: readonly Snapshot[],
  attribute: string,
): Folded {
  const folded: Folded = { lastAt, of: null, verdict: null };
  let before: Snapshot | null = null;
  for (const s of history) {
    if (s.coverage !== "complete" || s.trigger !== "scheduled") continue;
    // The same export again says nothing new.
    const renewed = before === null || s.asOf !== before.asOf;
    before = s;
    if (!renewed || (lastAt !== null && s.takenAt <= lastAt)) continue;
    const verdict = push(stream, s, attribute);
    if (verdict === null) continue;
    folded.lastAt = s.takenAt;
    folded.of = s.id;
    folded.verdict = verdict;
  }
  return folded;
}

/** The stream itself stays as it is. */
export const judgeOnly = (
  stream: DistributionStream,
  s: Snapshot,
  attribute: string,
): DistributionVerdict | null =>
  s.trigger === "manual" ? push(DistributionStream.from(stream.toJSON()), s, attribute) : null;

function push(stream: DistributionStream, s: Snapshot, attribute: string): DistributionVerdict | null {
  const counts = s.distributions?.[attribute];
  return counts == null
    ? null
    : stream.push({ t: Date.parse(s.takenAt), counts, pooledBelow: FEWEST_PEOPLE });
}
