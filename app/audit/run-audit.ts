import { reconcile } from "../../checks/incidents.ts";
import { at as failpoint } from "../../config/failpoint.ts";
import type { Comparison } from "../../core/comparison.ts";
import { AuditorError } from "../../core/errors.ts";
import type { Incident } from "../../core/finding.ts";
import { instant, type RunId, type Snapshot, runId as toRunId } from "../../core/model.ts";
import type { Context } from "../../core/ports.ts";
import { tellOf } from "../alerts/notify.ts";
import type { App } from "../app.ts";
import { errorText } from "../log.ts";
import { carryAgreedOf } from "./agreed.ts";
import { compareAudience, readingKey } from "./compare-audience.ts";
import { judge } from "./judge.ts";
import type { KeptReading } from "./keep-reading.ts";
import { findOverlaps } from "./overlaps.ts";
import { readEverything } from "./read-everything.ts";
import { type Unjudged, unjudgedOf } from "./unjudged.ts";

export type AuditSummary = {
  readonly runId: RunId;
  readonly reads: readonly {
    system: string;
    audience: string | null;
    coverage: Snapshot["coverage"];
    because: string;
    size: number | null;
    /** Of a copy that lives where its owner's does: was it read, or compared there, and why? Else null. */
    how: string | null;
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
  /** Compare copies on the server where that is cheaper (default). */
  readonly pushdown?: boolean;
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
    const { keepRows = true, pushdown = true } = o;
    const { kept: all, how } = await readEverything(
      app,
      { id, trigger: o.trigger, keepRows, pushdown },
      context,
    );
    for (const kept of all) {
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
      how: how.get(readingKey(s.audience, s.system)) ?? null,
    }));
    await app.audits.endRun(id, now, "done", {
      reads: reads.length,
      incidents: incidents.length,
      ...(how.size === 0 ? {} : { pushdown: Object.fromEntries(how) }),
    });
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
