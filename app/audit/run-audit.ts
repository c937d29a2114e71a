import { reconcile } from "../../checks/incidents.ts";
import { at as failpoint } from "../../config/failpoint.ts";
import type { Comparison } from "../../core/comparison.ts";
import type { SystemConfig } from "../../core/config.ts";
import { AuditorError } from "../../core/errors.ts";
import type { Incident } from "../../core/finding.ts";
import type { IdentifierKind } from "../../core/model.ts";
import { instant, type RunId, type Snapshot, runId as toRunId } from "../../core/model.ts";
import type { Collector, Context } from "../../core/ports.ts";
import type { RawIntake } from "../../core/row-plan.ts";
import { compileIntake } from "../../members/intake/instance.ts";
import { rawIntake } from "../../members/intake/intake.ts";
import { secondOf } from "../../members/second-identifier.ts";
import { SetBuilder } from "../../members/set-builder.ts";
import { tellOf } from "../alerts/notify.ts";
import type { App } from "../app.ts";
import { UNKNOWN } from "../connectors.ts";
import { keepFacts } from "../facts/keep-facts.ts";
import { errorText } from "../log.ts";
import { carryAgreedOf } from "./agreed.ts";
import { compareAudience, readingKey } from "./compare-audience.ts";
import { countedAttributes } from "./counted-attributes.ts";
import { judge } from "./judge.ts";
import { type KeptReading, keepReading } from "./keep-reading.ts";
import { findOverlaps } from "./overlaps.ts";
import { readSystem } from "./read-system.ts";
import { readingProgress, recordsLastTime } from "./reading-progress.ts";
import { type PlannedTarget, readOrder, targetsOf } from "./targets.ts";
import { type Unjudged, unjudgedOf } from "./unjudged.ts";

export type AuditSummary = {
  readonly runId: RunId;
  readonly reads: readonly {
    system: string;
    audience: string | null;
    coverage: Snapshot["coverage"];
    because: string;
    size: number | null;
  }[];
  readonly comparisons: readonly Comparison[];
  /** Checks of a copy without a verdict, by reason, the most frequent first. */
  readonly unjudged: Unjudged;
  /** Incidents that changed in this run, as they are now. */
  readonly changed: readonly Incident[];
  readonly open: readonly Incident[];
};

export type AuditOptions = {
  readonly trigger: Snapshot["trigger"];
  readonly signal: AbortSignal;
  readonly id?: RunId;
  /** Keep the rows, sealed, for naming people and repairs (default). Made-up history does without. */
  readonly keepRows?: boolean;
};

/**
 * One audit: read every system, keep the sets, compare every audience, judge, update incidents, tell people.
 * A system that fails costs its own verdicts only.
 */
export async function runAudit(app: App, o: AuditOptions): Promise<AuditSummary> {
  const started = app.clock.now();
  const id = o.id ?? newRunId(app, started);
  const context: Context = { signal: o.signal, clock: app.clock, log: app.log, runId: id };
  await app.audits.startRun(id, "audit", o.trigger, instant(started));
  const readings = new Map<string, KeptReading>();
  try {
    for (const kept of await readEverything(
      app,
      { id, trigger: o.trigger, keepRows: o.keepRows ?? true },
      context,
    )) {
      readings.set(readingKey(kept.snapshot.audience, kept.snapshot.system), kept);
    }
    const compared = new Map<string, Comparison>();
    for (const [i, audience] of app.config.audiences.entries()) {
      app.progress.current = {
        what: `Comparing ${audience.title}`,
        done: i,
        of: app.config.audiences.length,
      };
      const comparison = await compareAudience(app, id, audience, readings);
      if (comparison === null) continue;
      compared.set(audience.id, comparison);
      await app.audits.insertComparison(comparison);
      await carryAgreedOf(app, id, audience, readings);
    }
    const overlaps = await findOverlaps(app, id, readings);
    const now = instant(app.clock.now());
    const results = await judge(app, id, now, compared, readings, overlaps);
    await app.audits.insertResults(id, now, results);
    const transitions = reconcile(await app.audits.openIncidents(), results, now);
    const incidents = await app.audits.applyTransitions(transitions, id, now, tellOf(app.config));
    failpoint("audit.committed");
    await app.notify(incidents);
    const reads = [...readings.values()].map(({ snapshot: s }) => ({
      system: s.system,
      audience: s.audience,
      coverage: s.coverage,
      because: s.because,
      size: s.metrics.size?.numerator ?? null,
    }));
    await app.audits.endRun(id, now, "done", { reads: reads.length, incidents: incidents.length });
    const open = (await app.audits.openIncidents()).filter((i) => i.state !== "resolved");
    return {
      runId: id,
      reads,
      comparisons: [...compared.values()],
      unjudged: unjudgedOf(results),
      changed: incidents,
      open,
    };
  } catch (error) {
    const state = o.signal.aborted ? "interrupted" : "failed";
    const said = { error: error instanceof AuditorError ? error.message : "internal error" };
    await app.audits.endRun(id, instant(app.clock.now()), state, said).catch((other: unknown) => {
      // often the same database that is away: what went wrong first is what is told
      app.log.warn("audit.end_not_kept", { runId: id, error: errorText(other) });
    });
    throw error;
  } finally {
    app.progress.current = null;
    for (const kept of readings.values()) await kept.set?.close();
  }
}

export function newRunId(app: Pick<App, "random">, at: Date): RunId {
  const suffix = Buffer.from(app.random(3)).toString("hex");
  return toRunId(`r${at.toISOString().replace(/\D/g, "").slice(2, 14)}-${suffix}`);
}

export type RunOfAudit = {
  readonly id: RunId;
  readonly trigger: Snapshot["trigger"];
  readonly keepRows: boolean;
};

/** Systems read at once: reading is mostly waiting for somebody else's server. */
const AT_ONCE = 3;

async function readEverything(app: App, run: RunOfAudit, context: Context): Promise<KeptReading[]> {
  const systems = readOrder(app.config);
  const waiting = [...systems];
  const kept: KeptReading[] = [];
  const expected = await recordsLastTime(app, systems);
  const progress = readingProgress(expected, systems.length, (p) => {
    app.progress.current = p;
  });
  const reader = async () => {
    for (let system = waiting.shift(); system !== undefined; system = waiting.shift()) {
      progress.begin(system.title);
      kept.push(...(await readAndKeep(app, system, run, context, progress.read)));
      progress.end(system.title);
    }
  };
  const readers = await Promise.allSettled(Array.from({ length: Math.min(AT_ONCE, systems.length) }, reader));
  const failed = readers.find((r) => r.status === "rejected");
  if (failed === undefined) return kept;
  for (const k of kept) await k.set?.close();
  throw failed.reason;
}

async function readAndKeep(
  app: App,
  system: SystemConfig,
  run: RunOfAudit,
  context: Context,
  seen: (records: number) => void,
): Promise<KeptReading[]> {
  const collector = await app.collector(system);
  if (collector.capabilities !== UNKNOWN) app.capabilities.set(system.id, collector.capabilities);
  try {
    const planned = targetsOf(app.config, system, collector.capabilities.baseReadable);
    if (planned.length === 0) return [];
    const reading = await readSystem(
      system,
      collector,
      planned,
      (p) => builderFor(app, p, run.keepRows, secondOf(p.identity, collector.capabilities.identifiers)),
      context,
      seen,
      intakeFor(),
    );
    app.warnings.set(system.id, await warningsOf(collector, context));
    const kept: KeptReading[] = [];
    for (const target of reading.targets) kept.push(await keepReading(app, run, reading, target));
    // read again after an apply: who is where matters, and what vendors limit most is not asked twice in minutes
    if (run.trigger !== "readback") await keepFacts(app, collector, reading, context);
    return kept;
  } finally {
    await collector.close();
  }
}

/** Rows are made of bytes by compiled code where it is there and the collector has bytes to give. */
function intakeFor(): (builders: readonly SetBuilder[]) => RawIntake | null {
  const module = compileIntake();
  return (builders) => (module === null ? null : rawIntake(module, builders));
}

/** A system that cannot even say its warnings has failed its read, which is told already. */
async function warningsOf(collector: Collector, context: Context): Promise<readonly string[]> {
  try {
    return await collector.warnings(context);
  } catch (error) {
    if (error instanceof AuditorError) return [];
    throw error;
  }
}

function builderFor(
  app: App,
  planned: PlannedTarget,
  spool: boolean,
  second: IdentifierKind | null,
): SetBuilder {
  const rules = Object.fromEntries(
    app.config.attributes
      .filter((a) => planned.attributes.includes(a.name))
      .map((a) => [a.name, { values: a.values, pattern: a.pattern }]),
  );
  const required = app.config.audiences.find((a) => a.id === planned.audience)?.requiredAttributes ?? [];
  return new SetBuilder({
    identity: planned.identity,
    attributes: planned.attributes,
    required,
    rules,
    counted: countedAttributes(app.config, planned.attributes),
    keys: app.keys,
    epoch: app.epoch,
    spool,
    // Of everybody in the system the identifiers are kept; values only of those in an audience.
    enumerated: app.config.attributes.flatMap((a) =>
      planned.audience !== null && a.values !== null && a.class !== "personal" ? [a.name] : [],
    ),
    ...(planned.audience === null ? { spooled: [], records: true } : {}),
    second,
  });
}
