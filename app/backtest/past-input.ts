import type { CheckInput, Incident } from "../../core/finding.ts";
import type { Instant, RunId, Snapshot } from "../../core/model.ts";
import type { Backlog } from "../audit/backlog.ts";
import type { Reach } from "../audit/judge.ts";

/** One audit of the past. */
export type Moment = { readonly runId: RunId; readonly at: Instant };

export type Past = {
  readonly moment: Moment;
  /** When each audit was made, by its run. */
  readonly madeAt: ReadonlyMap<string, Instant>;
  readonly reach: Reach;
  readonly backlog: Backlog | null;
  readonly flagged: ReadonlySet<string>;
  /** Live then, by this replay. */
  readonly incidents: readonly Incident[];
};

/**
 * What a check could look at in that audit: everything that is kept now, without what came later. Rules, and what
 * systems tell of themselves, are kept in their latest wording only; why people moved is not kept.
 *
 * @param now an input with all that is kept
 * @returns null when the reading of that audit is not kept
 */
export function pastInput(now: CheckInput, past: Past): CheckInput | null {
  const { at, runId } = past.moment;
  const readings = past.reach.readings(now.audience.cadence);
  const history = until(now.history, at).slice(-readings);
  if (history.at(-1)?.runId !== runId) return null;
  const made = (c: CheckInput["comparisons"][number]) => past.madeAt.get(c.runId) ?? c.asOf;
  return {
    ...now,
    now: at,
    runId,
    history,
    ownerHistory: until(now.ownerHistory, at).slice(-readings),
    baseHistory: until(now.baseHistory, at).slice(-past.reach.bases),
    comparisons: now.comparisons.filter((c) => made(c) <= at).slice(-past.reach.comparisons),
    overlaps: now.overlaps.filter((o) => o.runId === runId),
    backlog: past.backlog,
    changes: now.changes.filter((c) => c.at <= at),
    syncRuns: now.syncRuns.filter((r) => r.receivedAt <= at),
    campaigns: now.campaigns.filter((c) => c.at === null || c.at <= at),
    changedBy: now.changedBy.filter((c) => c.latestAt <= at),
    deliveries: someOf((now.deliveries ?? []).filter((d) => d.from <= at)),
    flagged: past.flagged,
    incidents: past.incidents.filter((i) => i.finding.system === now.system.id),
  };
}

/** Mail that was not told of yet cannot be told from a system that never tells. */
const someOf = <T>(rows: readonly T[]): readonly T[] | null => (rows.length === 0 ? null : rows);

/** Oldest first, so the last that counts is found by halving. */
function until(history: readonly Snapshot[], at: Instant): readonly Snapshot[] {
  let low = 0;
  let high = history.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((history[middle]?.takenAt ?? "") <= at) low = middle + 1;
    else high = middle;
  }
  return history.slice(0, low);
}
