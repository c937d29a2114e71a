import { longestPauseHours } from "../../checks/cron.ts";
import { ALL_CHECKS, runChecks } from "../../checks/registry.ts";
import { StreamPool } from "../../checks/stats/stream/pool.ts";
import type { Attribution } from "../../core/attribution.ts";
import type { Comparison, Overlap } from "../../core/comparison.ts";
import type { Audience, SystemConfig } from "../../core/config.ts";
import type { CheckInput, CheckResult } from "../../core/finding.ts";
import type { Instant, RunId, SystemId } from "../../core/model.ts";
import { flaggedSnapshots } from "../../store/flagged-snapshots.ts";
import { listMail } from "../../store/list-mail.ts";
import { listSyncRuns } from "../../store/list-sync-runs.ts";
import { listSystemFacts } from "../../store/list-system-facts.ts";
import type { App } from "../app.ts";
import { campaignSends, knownCampaigns, withSends } from "../facts/calendar.ts";
import { knownChanges } from "../facts/known-changes.ts";
import { attributeChanges } from "./attribute.ts";
import { backlogOf, keepBacklog } from "./backlog.ts";
import { type Readings, readingKey } from "./compare-audience.ts";
import { countedAttributes } from "./counted-attributes.ts";
import { foldDistributions } from "./fold-distributions.ts";
import { foldSizesOf } from "./fold-sizes.ts";
import { withOwnRepairs } from "./own-repairs.ts";
import { trackedAttributes } from "./targets.ts";

/** How far checks look back: a few of each weekday, and no more readings than can be read in a moment. */
const HISTORY_DAYS = 60;
const MOST_READINGS = 1500;
const COMPARISONS = 40;
/** Of each job: enough to know what is usual for one that runs every hour, over the days that a cause may lie back. */
const RUNS_KEPT = 100;

/** Readings of one segment in that time, by the audience's cadence. */
export function readingsKept(cadence: string, now: Instant, timezone: string): number {
  const pause = longestPauseHours(cadence, Date.parse(now), timezone) ?? 24;
  return Math.min(MOST_READINGS, Math.max(HISTORY_DAYS, Math.ceil((HISTORY_DAYS * 24) / pause)));
}

/** How far back inputs reach; the readings of a copy depend on its audience's cadence. */
export type Reach = {
  readonly readings: (cadence: string) => number;
  readonly bases: number;
  readonly comparisons: number;
  readonly runs: number;
};

/** What an audit looks at. */
export const usualReach = (now: Instant, timezone: string): Reach => ({
  readings: (cadence) => readingsKept(cadence, now, timezone),
  bases: HISTORY_DAYS,
  comparisons: COMPARISONS,
  runs: RUNS_KEPT,
});

/** Runs all checks over every segment of every audience. */
export async function judge(
  app: App,
  runId: RunId,
  now: Instant,
  compared: ReadonlyMap<string, Comparison>,
  readings: Readings,
  overlaps: readonly Overlap[],
): Promise<CheckResult[]> {
  const attributions = await attributeChanges(app, now, readings, await knownChanges(app));
  const reach = usualReach(now, app.config.timezone);
  const gathered = await gatherInputs(app, { runId, now, overlaps, attributions }, reach);
  const inputs = await withOwnRepairs(app, now, readings, await carryOn(app, gathered));
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

/** Carries what streams remember on to these readings, and adds their verdicts. */
async function carryOn(app: App, inputs: readonly CheckInput[]): Promise<CheckInput[]> {
  const judged: CheckInput[] = [];
  const owners = new Map<string, CheckInput["ownerSizes"]>();
  const pools = new Map<SystemId, StreamPool>();
  const poolOf = (system: SystemId): StreamPool => {
    const pool = pools.get(system) ?? new StreamPool();
    pools.set(system, pool);
    return pool;
  };
  for (const input of inputs) {
    const place = { audience: input.audience.id, system: input.system.id };
    const counted = countedAttributes(app.config, trackedAttributes(input.audience));
    const distributions = await foldDistributions(app, place, input.history, counted, input.runId);
    const key = readingKey(input.audience.id, input.audience.owner);
    const ownerSizes =
      owners.get(key) ??
      (await foldSizesOf(
        app,
        input.audience,
        input.audience.owner,
        input.ownerHistory,
        poolOf(input.audience.owner),
      ));
    owners.set(key, ownerSizes);
    const sizes = input.isOwner
      ? ownerSizes
      : await foldSizesOf(app, input.audience, input.system.id, input.history, poolOf(input.system.id));
    judged.push({ ...input, distributions, sizes, ownerSizes });
  }
  return judged;
}

/** What only the run itself knows. */
export type OfRun = {
  readonly runId: RunId;
  readonly now: Instant;
  readonly overlaps: readonly Overlap[];
  readonly attributions: ReadonlyMap<string, Attribution>;
};

/** What the checks may look at, for every segment of every audience; without the verdicts of streams. Only reads. */
export async function gatherInputs(app: App, run: OfRun, reach: Reach): Promise<CheckInput[]> {
  const { runId, now, overlaps, attributions } = run;
  const changes = await knownChanges(app);
  const campaigns = await knownCampaigns(app);
  const config = withSends(app.config, campaignSends(campaigns));
  const syncRuns = await listSyncRuns(app.db, reach.runs);
  const facts = await listSystemFacts(app.db);
  const bases = new Map<SystemId, CheckInput["baseHistory"]>();
  for (const s of app.config.systems) bases.set(s.id, await app.audits.snapshots(null, s.id, reach.bases));
  const incidents = (await app.audits.openIncidents()).filter(
    (i) => i.state !== "resolved" || (i.markedFalseAt ?? null) !== null,
  );
  const inputs: CheckInput[] = [];
  const scopeOf = (id: SystemId) => {
    const told = app.capabilities.get(id);
    return told === undefined ? {} : { consentScope: told.consentScope };
  };
  for (const audience of app.config.audiences) {
    const kept = reach.readings(audience.cadence);
    const ownerHistory = await app.audits.snapshots(audience.id, audience.owner, kept);
    const mail = await listMail(app.db, audience.id);
    const comparisons = await app.audits.comparisons(audience.id, reach.comparisons);
    for (const segment of audience.segments) {
      const system = systemOf(app, segment.system);
      const history =
        segment.system === audience.owner
          ? ownerHistory
          : await app.audits.snapshots(audience.id, segment.system, kept);
      inputs.push({
        now,
        runId,
        config,
        audience,
        system,
        isOwner: segment.system === audience.owner,
        history,
        ownerHistory,
        baseHistory: bases.get(segment.system) ?? [],
        comparisons,
        overlaps: overlaps.filter((o) => o.system === segment.system),
        backlog: await backlogOf(app, audience.id, segment.system),
        changes,
        syncRuns: syncRuns.filter((r) => writesInto(app, r.job, segment.system)),
        campaigns: campaigns.filter((c) => c.system === segment.system),
        changedBy: facts.find((f) => f.system === segment.system)?.changes ?? [],
        deliveries: someOf(mail.filter((d) => d.system === segment.system)),
        attribution: attributions.get(readingKey(audience.id, segment.system)) ?? null,
        ...scopeOf(segment.system),
        distributions: {},
        sizes: [],
        ownerSizes: [],
        flagged: await flaggedSnapshots(app.db, audience.id, segment.system),
        incidents: incidents.filter((i) => i.finding.system === segment.system),
      });
    }
  }
  return inputs;
}

/** A system that never told of mail leaves no rows. */
const someOf = <T>(rows: readonly T[]): readonly T[] | null => (rows.length === 0 ? null : rows);

export function systemOf(app: Pick<App, "config">, id: SystemId): SystemConfig {
  const system = app.config.systems.find((s) => s.id === id);
  if (system === undefined) throw new RangeError(`the configuration has no system ${id}`);
  return system;
}

export function audienceOf(app: Pick<App, "config">, id: string): Audience | null {
  return app.config.audiences.find((a) => a.id === id) ?? null;
}

const writesInto = (app: Pick<App, "config">, job: string, system: SystemId): boolean =>
  app.config.writers.some((w) => w.name === job && w.to === system);
