import { attributionOf, ruleChange } from "../../checks/change-parts.ts";
import type { Attribution } from "../../core/attribution.ts";
import type { Audience } from "../../core/config.ts";
import { isKind } from "../../core/errors.ts";
import type { KnownChange } from "../../core/finding.ts";
import type { Instant, MetricName, Snapshot, SystemId } from "../../core/model.ts";
import { movementOf } from "../../members/attribution.ts";
import type { MemberSet } from "../../members/member-set.ts";
import { getMeta } from "../../store/get-meta.ts";
import { putMeta } from "../../store/put-meta.ts";
import type { App } from "../app.ts";
import { baseOf, compareInput, type Readings, readingKey } from "./compare-audience.ts";
import type { KeptReading } from "./keep-reading.ts";
import { openSetOf } from "./set-files.ts";

/** Looked into from this many people, and this part of the segment, that came, left, or make its size differ. */
const LEAST_PEOPLE = 10;
const NET_SHARE = 0.02;
const GROSS_SHARE = 0.05;
/** An explanation is kept as long as the segment stays where it moved to, and not longer. */
const KEPT_MS = 21 * 86_400_000;
const LOOK_BACK = 8;

/**
 * Why the segments of this run moved, by `readingKey`: for those that moved notably just now, and for those that did
 * lately and are still where they went, since a finding lasts longer than the reading that showed it first.
 */
export async function attributeChanges(
  app: App,
  now: Instant,
  readings: Readings,
  changes: readonly KnownChange[],
): Promise<ReadonlyMap<string, Attribution>> {
  const found = new Map<string, Attribution>();
  for (const audience of app.config.audiences) {
    for (const { system } of audience.segments) {
      const key = readingKey(audience.id, system);
      const known = await keptOf(app, key);
      const kept = readings.get(key);
      const fresh =
        kept === undefined ? null : await lookInto(app, now, readings, changes, audience, system, kept);
      const a = fresh ?? (known !== null && lasts(known, now, kept?.snapshot ?? null) ? known : null);
      if (a !== null) found.set(key, a);
      if (a !== known) await putMeta(app.db, metaKey(key), JSON.stringify(a));
    }
  }
  return found;
}

const metaKey = (key: string) => `attribution:${key}`;

async function keptOf(app: App, key: string): Promise<Attribution | null> {
  const text = await getMeta(app.db, metaKey(key));
  return text === null ? null : (JSON.parse(text) as Attribution | null);
}

/** Still nearer to where it moved to than to where it was, by the latest complete reading. */
function lasts(a: Attribution, now: Instant, latest: Snapshot | null): boolean {
  if (Date.parse(now) - Date.parse(a.to) > KEPT_MS) return false;
  const size = latest === null ? null : count(latest, "size");
  return size === null || Math.abs(size - a.now) <= Math.abs(size - a.before);
}

async function lookInto(
  app: App,
  now: Instant,
  readings: Readings,
  changes: readonly KnownChange[],
  audience: Audience,
  system: SystemId,
  kept: KeptReading,
): Promise<Attribution | null> {
  const { snapshot: latest, set } = kept;
  if (set === null || latest.trigger === "readback") return null;
  const history = await app.audits.snapshots(audience.id, system, LOOK_BACK);
  const [earlier, before] = scheduledBefore(history, latest);
  if (before === undefined || !isNotable(latest, before)) return null;
  const baseLatest = readings.get(readingKey(null, system))?.snapshot ?? null;
  const baseHistory = await app.audits.snapshots(null, system, LOOK_BACK);
  const baseBefore = baseHistory.find((s) => s.runId === before.runId) ?? null;
  const previous = await openSetOf(app.dataDir, before);
  if (previous === null) return null;
  const base = baseOf(readings, system, set);
  const basePrevious = base === null ? null : await openSetOf(app.dataDir, baseBefore);
  try {
    const movement = await movementOf({
      system,
      now: set,
      previous,
      base: base !== null && alike(basePrevious, base) ? { now: base, previous: basePrevious } : null,
      compare: againstOwner(app, audience, system, readings),
      values: Object.fromEntries(
        app.config.attributes.flatMap((a) => (a.values ? [[a.name, a.values]] : [])),
      ),
      keys: app.keys,
    });
    const segment = { audience: audience.id, system };
    return attributionOf(
      segment,
      movement,
      { latest, before, earlier: earlier ?? null, baseLatest, baseBefore },
      ruleChange(segment, changes, before.takenAt, now),
    );
  } catch (error) {
    // A damaged or stale file says nothing, and no audit fails for the sake of an explanation.
    if (!isKind(error, "bad_data", "stale", "config")) throw error;
    app.log.warn("attribution.none", {
      runId: latest.runId,
      system,
      audience: audience.id,
      error: error.message,
    });
    return null;
  } finally {
    await previous.close();
    await basePrevious?.close();
  }
}

/** The last two readings before this one that have a place in the segment's history, older first. */
function scheduledBefore(history: readonly Snapshot[], latest: Snapshot): (Snapshot | undefined)[] {
  const before = history.filter(
    (s) =>
      s.ordinal !== null && s.epoch === latest.epoch && s.id !== latest.id && s.takenAt <= latest.takenAt,
  );
  return [before.at(-2), before.at(-1)];
}

const count = (s: Snapshot, name: MetricName): number | null => s.metrics[name]?.numerator ?? null;

function isNotable(latest: Snapshot, before: Snapshot): boolean {
  const [now, then] = [count(latest, "size"), count(before, "size")];
  if (now === null || then === null) return false;
  const least = (share: number) => Math.max(LEAST_PEOPLE, share * Math.max(now, then));
  return (
    Math.abs(now - then) >= least(NET_SHARE) ||
    (count(latest, "entries") ?? 0) >= least(GROSS_SHARE) ||
    (count(latest, "exits") ?? 0) >= least(GROSS_SHARE)
  );
}

const alike = (a: MemberSet | null, b: MemberSet): a is MemberSet =>
  a !== null && a.epoch === b.epoch && a.identity === b.identity;

function againstOwner(app: App, audience: Audience, system: SystemId, readings: Readings) {
  if (system === audience.owner) return null;
  const { input } = compareInput(app, audience, readings);
  if (input === null) return null;
  return {
    ...input,
    segments: input.segments.filter((s) => s.system === system || s.system === audience.owner),
  };
}
