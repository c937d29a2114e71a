import { longestPauseHours } from "../../checks/cron.ts";
import { ALL_CHECKS, runChecks } from "../../checks/registry.ts";
import type { Audience, SystemConfig } from "../../core/config.ts";
import type { CheckInput, CheckResult, KnownChange } from "../../core/finding.ts";
import type { Comparison, Instant, RunId, SystemId } from "../../core/model.ts";
import { flaggedSnapshots } from "../../store/flagged-snapshots.ts";
import { listConfigVersions } from "../../store/list-config-versions.ts";
import type { App } from "../app.ts";
import { backlogOf, keepBacklog } from "./backlog.ts";

/** How far checks look back: a few of each weekday, and no more readings than can be read in a moment. */
const HISTORY_DAYS = 60;
const MOST_READINGS = 1500;
const COMPARISONS = 40;

/** Readings of one segment in that time, by the audience's cadence. */
export function readingsKept(cadence: string, now: Instant, timezone: string): number {
  const pause = longestPauseHours(cadence, Date.parse(now), timezone) ?? 24;
  return Math.min(MOST_READINGS, Math.max(HISTORY_DAYS, Math.ceil((HISTORY_DAYS * 24) / pause)));
}

/** Gathers what the checks may look at and runs them over every segment of every audience. */
export async function judge(
  app: App,
  runId: RunId,
  now: Instant,
  compared: ReadonlyMap<string, Comparison>,
): Promise<CheckResult[]> {
  const changes = await knownChanges(app);
  const bases = new Map<SystemId, CheckInput["baseHistory"]>();
  for (const s of app.config.systems) bases.set(s.id, await app.audits.snapshots(null, s.id, HISTORY_DAYS));
  const inputs: CheckInput[] = [];
  for (const audience of app.config.audiences) {
    const kept = readingsKept(audience.cadence, now, app.config.timezone);
    const ownerHistory = await app.audits.snapshots(audience.id, audience.owner, kept);
    const comparisons = await app.audits.comparisons(audience.id, COMPARISONS);
    for (const segment of audience.segments) {
      const system = systemOf(app, segment.system);
      inputs.push({
        now,
        runId,
        config: app.config,
        audience,
        system,
        isOwner: segment.system === audience.owner,
        history:
          segment.system === audience.owner
            ? ownerHistory
            : await app.audits.snapshots(audience.id, segment.system, kept),
        ownerHistory,
        baseHistory: bases.get(segment.system) ?? [],
        comparisons,
        backlog: await backlogOf(app, audience.id, segment.system),
        changes: changes.filter((c) => c.system === null || c.system === segment.system),
        flagged: await flaggedSnapshots(app.db, audience.id, segment.system),
      });
    }
  }
  const results = runChecks(inputs);
  for (const comparison of compared.values()) await keepBacklog(app, comparison);
  app.log.info("checks.done", {
    runId,
    checks: ALL_CHECKS.length,
    segments: inputs.length,
    failed: results.filter((r) => r.outcome.status === "fail").length,
  });
  return results;
}

export function systemOf(app: Pick<App, "config">, id: SystemId): SystemConfig {
  const system = app.config.systems.find((s) => s.id === id);
  if (system === undefined) throw new RangeError(`the configuration has no system ${id}`);
  return system;
}

export function audienceOf(app: Pick<App, "config">, id: string): Audience | null {
  return app.config.audiences.find((a) => a.id === id) ?? null;
}

/** Our own configuration versions are the first source of a cause. */
async function knownChanges(app: App): Promise<KnownChange[]> {
  const versions = await listConfigVersions(app.db, 50);
  return versions.flatMap((v) => v.changes.map((c) => ({ at: v.at, system: c.system, text: c.text })));
}
