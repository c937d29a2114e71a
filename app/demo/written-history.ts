import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { SystemDifference } from "../../core/comparison.ts";
import {
  type AttributeStates,
  audienceId,
  type Instant,
  type Measured,
  type MetricName,
  type RunId,
  type Snapshot,
  systemId,
} from "../../core/model.ts";
import { putAudienceBase } from "../../store/put-audience-base.ts";
import type { App } from "../app.ts";
import { newRunId } from "../audit/run-audit.ts";
import { setPath } from "../audit/set-files.ts";
import { readOrder, targetsOf } from "../audit/targets.ts";

/** One reading of one copy as the demo's generator made it: counts only. */
export type WrittenRead = {
  readonly audience: string | null;
  readonly system: string;
  readonly coverage: "complete" | "partial";
  readonly because: string;
  readonly asOf: Instant;
  readonly size: number | null;
  readonly records: number;
  readonly duplicates: number | null;
  readonly entries: number | null;
  readonly exits: number | null;
  readonly mailable: number | null;
  readonly attributes: Readonly<Record<string, AttributeStates>>;
};

export type WrittenDay = {
  readonly day: number;
  readonly at: Instant;
  readonly reads: readonly WrittenRead[];
  readonly comparisons: readonly {
    readonly audience: string;
    readonly owner: string;
    readonly systems: readonly string[];
    readonly masks: Readonly<Record<string, number>>;
    readonly perSystem: Readonly<Record<string, SystemDifference>>;
    readonly cantTell: Readonly<Record<string, string>>;
  }[];
};

export type HistoryTarget = {
  readonly audience: string | null;
  readonly system: string;
  readonly attributes: readonly string[];
  readonly file: string;
};

/** Told now and then: the part that is done, 0 to 1. */
export type Tell = (done: number) => void;

/** Makes history without reading; see Demo.history. */
export type WriteHistory = (
  request: {
    until: number;
    keys: { identity: string; fingerprint: string };
    epoch: number;
    targets: readonly HistoryTarget[];
  },
  tell: Tell,
) => Promise<readonly WrittenDay[]>;

/**
 * History for a big demo company: the generator writes one member set per copy with everybody's presence over all
 * days, and we keep its counts as readings. Nothing is judged here; the real reads that follow are.
 */
export async function keepWrittenHistory(
  app: App,
  write: WriteHistory,
  until: number,
  tell: Tell,
): Promise<void> {
  const files = new Map<string, string>();
  const targets: HistoryTarget[] = [];
  for (const system of readOrder(app.config)) {
    const baseReadable = app.capabilities.get(system.id)?.baseReadable ?? false;
    for (const planned of targetsOf(app.config, system, baseReadable)) {
      const setFile = setPath(planned.audience, system.id, "history");
      await mkdir(dirname(join(app.dataDir, setFile)), { recursive: true });
      files.set(keyOf(planned.audience, system.id), setFile);
      targets.push({
        audience: planned.audience,
        system: system.id,
        attributes: planned.attributes,
        file: join(app.dataDir, setFile),
      });
    }
  }
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
  const keys = { identity: hex(app.keys.identity), fingerprint: hex(app.keys.fingerprint) };
  const days = await write({ until, epoch: app.epoch, targets, keys }, tell);
  const ordinals = new Map<string, number>();
  const lastComplete = new Map<string, number>();
  for (const d of days) {
    for (const r of d.reads)
      if (r.coverage === "complete") lastComplete.set(keyOf(r.audience, r.system), d.day);
  }
  for (const d of days) await keepDay(app, d, files, ordinals, lastComplete);
}

const keyOf = (audience: string | null, system: string) => `${audience ?? ""}@${system}`;

/** As a real comparison is dated: by the oldest of the readings that it rests on. */
function oldestOf(d: WrittenDay, c: WrittenDay["comparisons"][number]): Instant {
  const read = d.reads.filter((r) => r.audience === c.audience && c.systems.includes(r.system));
  return read.reduce((oldest, r) => (r.asOf < oldest ? r.asOf : oldest), d.at);
}

async function keepDay(
  app: App,
  d: WrittenDay,
  files: ReadonlyMap<string, string>,
  ordinals: Map<string, number>,
  lastComplete: ReadonlyMap<string, number>,
): Promise<void> {
  const runId = newRunId(app, new Date(d.at));
  await app.audits.startRun(runId, "audit", "scheduled", d.at);
  for (const r of d.reads) {
    const key = keyOf(r.audience, r.system);
    const complete = r.coverage === "complete";
    const ordinal = complete ? (ordinals.get(key) ?? -1) + 1 : null;
    if (ordinal !== null) ordinals.set(key, ordinal);
    const setFile = complete && lastComplete.get(key) === d.day ? (files.get(key) ?? null) : null;
    await app.audits.insertSnapshot(snapshotOf(app, runId, d, r, ordinal, setFile));
  }
  for (const c of d.comparisons) {
    await app.audits.insertComparison({
      ...c,
      runId,
      audience: audienceId(c.audience),
      owner: systemId(c.owner),
      systems: c.systems.map(systemId),
      asOf: oldestOf(d, c),
    });
  }
  await app.audits.endRun(runId, d.at, "done", { reads: d.reads.length, written: true });
  if (d.day !== 1) return;
  for (const a of app.config.audiences) {
    await putAudienceBase(app.db, { audience: a.id, acceptedAt: d.at, acceptedBy: "demo", runId });
  }
}

function snapshotOf(
  app: App,
  runId: RunId,
  d: WrittenDay,
  r: WrittenRead,
  ordinal: number | null,
  setFile: string | null,
): Snapshot {
  const measured = (n: number, of: number | null = null): Measured => ({
    numerator: n,
    denominator: of,
    quality: r.coverage === "complete" ? "exact" : "lower_bound",
    settled: true,
    observedAt: r.asOf,
  });
  const metrics: Partial<Record<MetricName, Measured>> = { records: measured(r.records) };
  for (const name of ["size", "duplicates", "entries", "exits", "mailable"] as const) {
    const n = r[name];
    if (n !== null) metrics[name] = measured(n, name === "duplicates" ? r.records : r.size);
  }
  for (const [name, states] of Object.entries(r.attributes)) {
    metrics[`complete:${name}`] = measured(states.valid, r.size);
  }
  return {
    id: `${runId}:${r.audience ?? "_base"}:${r.system}`,
    runId,
    audience: r.audience === null ? null : audienceId(r.audience),
    system: systemId(r.system),
    ordinal,
    trigger: "scheduled",
    asOf: r.asOf,
    takenAt: d.at,
    coverage: r.coverage,
    because: r.because,
    failure: null,
    metrics,
    attributes: r.attributes,
    fields: {},
    setFile,
    epoch: app.epoch,
  };
}
