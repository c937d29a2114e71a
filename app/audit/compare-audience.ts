import { usualPauseHours } from "../../checks/cron.ts";
import type { Comparison } from "../../core/comparison.ts";
import type { Audience } from "../../core/config.ts";
import type { RunId, Snapshot, SystemId } from "../../core/model.ts";
import {
  type CompareInput,
  compareSets,
  type ExcludedInput,
  type SegmentInput,
} from "../../members/compare-sets.ts";
import type { MemberSet } from "../../members/member-set.ts";
import type { App } from "../app.ts";
import { peopleFigures } from "./people-figures.ts";
import { type Readings, readingKey } from "./readings.ts";

export { type Readings, readingKey };

/** Runs that the presence bits of a copy stand for, newest first. */
type RunsOf = (system: SystemId) => readonly string[] | undefined;

/**
 * The sets that one audience is compared from, or why it cannot be: the owner has to be complete, and of the other
 * systems only complete ones take part.
 */
export function compareInput(
  app: App,
  audience: Audience,
  readings: Readings,
  runs: RunsOf = () => undefined,
):
  | { input: CompareInput; cantTell: Record<string, string> }
  | { input: null; cantTell: Record<string, string> } {
  const cantTell: Record<string, string> = {};
  const segments: SegmentInput[] = [];
  for (const s of audience.segments) {
    const kept = readings.get(readingKey(audience.id, s.system));
    if (kept?.set == null) {
      cantTell[s.system] = kept?.snapshot.because ?? "not read in this run";
      continue;
    }
    segments.push({
      system: s.system,
      set: kept.set,
      base: baseOf(readings, s.system, kept.set),
      where: s.where,
      runs: runs(s.system) ?? null,
    });
  }
  if (!segments.some((s) => s.system === audience.owner)) return { input: null, cantTell };
  return {
    input: {
      purpose: audience.purpose,
      owner: audience.owner,
      segments,
      excluded: excludedSets(app, audience, readings),
      keys: app.keys,
      hours: usualPauseHours(audience.cadence, app.clock.now().getTime(), app.config.timezone),
    },
    cantTell,
  };
}

/** Everybody in the system, under the same identity; null: not read. */
export function baseOf(readings: Readings, system: SystemId, like: MemberSet): MemberSet | null {
  const base = readings.get(readingKey(null, system))?.set ?? null;
  return base !== null && base.identity === like.identity ? base : null;
}

/** Lists that keep people out of this audience, of the same identity. */
function excludingLists(app: App, audience: Audience): readonly Audience[] {
  if (audience.purpose === "suppression") return [];
  return app.config.audiences.filter(
    (other) =>
      (other.purpose === "suppression" || other.purpose === "ineligible" || other.id === audience.holdout) &&
      other.id !== audience.id &&
      other.identity === audience.identity,
  );
}

/** Those of them that were not read completely: whom they keep out is not known. */
export const unreadLists = (app: App, audience: Audience, readings: Readings): readonly Audience[] =>
  excludingLists(app, audience).filter((l) => readings.get(readingKey(l.id, l.owner))?.set == null);

/** Everyone who is expected nowhere: suppressed, ineligible, held out. Suppressions win everywhere. */
function excludedSets(app: App, audience: Audience, readings: Readings): ExcludedInput[] {
  const lists: ExcludedInput[] = [];
  for (const other of excludingLists(app, audience)) {
    const set = readings.get(readingKey(other.id, other.owner))?.set;
    if (set != null) lists.push({ list: other.id, set, optOut: other.purpose === "suppression" });
  }
  return lists;
}

/** null when the owner was not read completely. */
export async function compareAudience(
  app: App,
  runId: RunId,
  audience: Audience,
  readings: Readings,
): Promise<Comparison | null> {
  const { input, cantTell } = compareInput(app, audience, readings, await runsOf(app, audience, readings));
  if (input === null) return null;
  const counts = await compareSets(input);
  return {
    runId,
    audience: audience.id,
    owner: audience.owner,
    cantTell,
    asOf: oldest(input.segments.map((s) => readings.get(readingKey(audience.id, s.system))?.snapshot)),
    systems: counts.systems,
    masks: counts.masks,
    perSystem: counts.perSystem,
    people: await peopleFigures(app, audience, readings, input, counts),
  };
}

/** Enough readings for all the bits that flips are counted over, with some that have none. */
const READINGS = 40;

async function runsOf(app: App, audience: Audience, readings: Readings): Promise<RunsOf> {
  const runs = new Map<SystemId, readonly string[]>();
  for (const { system } of audience.segments) {
    const now = readings.get(readingKey(audience.id, system))?.snapshot;
    if (now?.coverage !== "complete") continue;
    const before = (await app.audits.snapshots(audience.id, system, READINGS)).filter(
      (s) => s.ordinal !== null && s.id !== now.id && s.epoch === now.epoch,
    );
    runs.set(
      system,
      [now, ...before.toReversed()].map((s) => s.runId),
    );
  }
  return (system) => runs.get(system);
}

function oldest(snapshots: readonly (Snapshot | undefined)[]): Snapshot["asOf"] {
  const times = snapshots.flatMap((s) => (s === undefined ? [] : [s.asOf])).sort();
  const first = times[0];
  if (first === undefined) throw new RangeError("a comparison has at least the owner's snapshot");
  return first;
}
