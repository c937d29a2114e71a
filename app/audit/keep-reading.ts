import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Coverage, Instant, Measured, MetricName, RunId, Snapshot } from "../../core/model.ts";
import type { MemberSet } from "../../members/member-set.ts";
import { staysForHistory } from "../../members/past.ts";
import type { SetSummary } from "../../members/set-terms.ts";
import { lastScheduled } from "../../store/last-scheduled.ts";
import type { App } from "../app.ts";
import { identityMetrics } from "./identity-metrics.ts";
import type { SystemReading, TargetReading } from "./read-system.ts";
import { keepForHistory, openSetOf, removeRows, removeSetFiles, setPath, spoolPath } from "./set-files.ts";

/** Complete readings whose sets stay on disk: the last ones serve comparison, plan and undo. */
const SETS_KEPT = 3;

export type KeptReading = { readonly snapshot: Snapshot; readonly set: MemberSet | null };

/**
 * Turns one target's rows into a member set on disk and a row of `snapshot`. Only a complete reading leaves a set;
 * a partial one leaves its counts as lower bounds and the reason.
 */
export async function keepReading(
  app: App,
  run: { readonly id: RunId; readonly trigger: Snapshot["trigger"]; readonly keepRows: boolean },
  reading: SystemReading,
  target: TargetReading,
): Promise<KeptReading> {
  const { audience } = target.planned;
  const system = reading.system.id;
  const takenAt = reading.startedAt;
  const history = await app.audits.snapshots(audience, system, 16);
  const last = await lastScheduled(app.db, audience, system, app.epoch);
  const coverage = coverageOf(target, reading);
  const ordinal = coverage === "complete" && run.trigger === "scheduled" ? (last?.ordinal ?? -1) + 1 : null;
  const common = {
    id: `${run.id}:${audience ?? "_base"}:${system}`,
    runId: run.id,
    audience,
    system,
    ordinal,
    trigger: run.trigger,
    takenAt,
    asOf: target.asOf ?? takenAt,
    coverage,
    because: becauseOf(target, reading),
    failure: reading.failure?.kind ?? null,
    epoch: app.epoch,
    fields: target.end?.fields ?? {},
  };

  if (coverage !== "complete") {
    const seen = target.builder.records;
    const snapshot: Snapshot = {
      ...common,
      metrics: {
        ...(seen > 0 ? { records: measured(seen, null, takenAt, "lower_bound") } : {}),
        ...trafficOf(reading, takenAt),
      },
      attributes: {},
      setFile: null,
    };
    target.builder.discard();
    await app.audits.insertSnapshot(snapshot);
    return { snapshot, set: null };
  }

  const previous = await openSetOf(app.dataDir, last);
  const setFile = setPath(
    audience,
    system,
    ordinal === null ? `m-${run.id}` : String(ordinal).padStart(8, "0"),
  );
  const file = join(app.dataDir, setFile);
  await mkdir(dirname(file), { recursive: true });
  const summary = await target.builder.finish({
    file,
    spoolFile: run.keepRows ? join(app.dataDir, spoolPath(setFile)) : null,
    previous,
    asOf: common.asOf,
    ordinal,
  });
  await previous?.close();
  const snapshot: Snapshot = {
    ...common,
    metrics: {
      ...metricsOf(summary, reading.durationMs, common.asOf, target.end?.declaredTotal ?? null),
      ...trafficOf(reading, common.asOf),
      ...identityMetrics(summary, target.planned.identity, common.asOf),
    },
    attributes: summary.attributes,
    distributions: summary.distributions,
    setFile,
  };
  await app.audits.insertSnapshot(snapshot);
  await dropOldFiles(app, history, ordinal === null ? (last?.setFile ?? null) : null);
  return { snapshot, set: await openSetOf(app.dataDir, snapshot) };
}

function coverageOf(target: TargetReading, reading: SystemReading): Coverage {
  if (target.end !== null) return target.end.coverage;
  return target.builder.records > 0 && reading.failure !== null ? "partial" : "unusable";
}

function becauseOf(target: TargetReading, reading: SystemReading): string {
  if (target.end !== null) return target.end.because;
  return reading.failure?.message ?? "the read ended without an end of the list";
}

const measured = (
  n: number | null,
  of: number | null,
  observedAt: Instant,
  quality: Measured["quality"] = "exact",
): Measured => ({ numerator: n, denominator: of, quality, settled: true, observedAt });

function metricsOf(
  s: SetSummary,
  durationMs: number,
  at: Instant,
  declared: number | null,
): Snapshot["metrics"] {
  const metrics: Partial<Record<MetricName, Measured>> = {
    size: measured(s.size, null, at),
    records: measured(s.records, null, at),
    duplicates: measured(s.duplicates, s.records, at),
    invalid: measured(s.invalid, s.records, at),
    latency_ms: measured(durationMs, null, at),
  };
  if (declared !== null) metrics.declared = measured(declared, null, at);
  if (s.entries !== null) metrics.entries = measured(s.entries, s.size, at);
  if (s.exits !== null) metrics.exits = measured(s.exits, null, at);
  if (s.mailable !== null) metrics.mailable = measured(s.mailable, s.size, at);
  if (s.completeAll !== null) metrics.complete_all = measured(s.completeAll, s.size, at);
  for (const [name, values] of Object.entries(s.values)) {
    for (const [value, records] of Object.entries(values))
      metrics[`value:${name}:${value}`] = measured(records, s.records, at);
  }
  for (const [name, states] of Object.entries(s.attributes)) {
    metrics[`complete:${name}`] = measured(states.valid, s.size, at);
  }
  return metrics;
}

/** How the system let us read: of the whole pass over it, so the same for each of its copies. */
function trafficOf({ traffic, durationMs }: SystemReading, at: Instant): Snapshot["metrics"] {
  if (traffic === null || traffic.requests === 0) return {};
  return {
    throttled: measured(traffic.throttled, traffic.requests, at),
    waited_ms: measured(traffic.waitedMs, durationMs, at),
  };
}

/**
 * Only the latest raw rows stay (sealed), and only the last few sets, besides those that remember the others.
 *
 * @param needed the last scheduled set, which the next scheduled reading goes on from, however many manual ones came since
 */
async function dropOldFiles(app: App, history: readonly Snapshot[], needed: string | null): Promise<void> {
  const kept = history.filter((s) => s.setFile !== null);
  const old = kept.slice(0, Math.max(0, kept.length - (SETS_KEPT - 1))).filter((s) => s.setFile !== needed);
  await removeSetFiles(app.dataDir, filesOf(old.filter((s) => !remembers(s))));
  for (const file of filesOf(old.filter(remembers))) await keepForHistory(app.dataDir, file);
  for (const file of filesOf(kept).slice(-(SETS_KEPT - 1))) await removeRows(app.dataDir, file);
}

const filesOf = (snapshots: readonly Snapshot[]): string[] =>
  snapshots.flatMap((s) => (s.setFile === null ? [] : [s.setFile]));

/** Of copies only: nobody asks who was in a whole system. */
const remembers = (s: Snapshot): boolean =>
  s.audience !== null && s.ordinal !== null && staysForHistory(s.ordinal);
