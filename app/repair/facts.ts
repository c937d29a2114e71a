import { nextSend } from "../../checks/next-send.ts";
import type { Audience } from "../../core/config.ts";
import { AuditorError } from "../../core/errors.ts";
import { type AudienceId, type Instant, instant, type SystemId } from "../../core/model.ts";
import type { Context } from "../../core/ports.ts";
import type { Plan, PlanDoc, Touched } from "../../core/repair.ts";
import { busyPlans } from "../../store/busy-plans.ts";
import { getAudienceBase } from "../../store/get-audience-base.ts";
import { getIncident } from "../../store/get-incident.ts";
import { DAY_MS, type GuardFacts, type GuardReading } from "../../sync/guard.ts";
import { quarantined, repairsFrom } from "../../sync/quarantine.ts";
import type { App } from "../app.ts";
import { audienceOf, systemOf } from "../audit/judge.ts";
import { campaignSends, knownCampaigns, leftOutBy, withSends } from "../facts/calendar.ts";
import { heldOutAmong } from "./held-out.ts";
import { ruleCauseOf } from "./rule-cause.ts";
import { writesOf } from "./writes.ts";

/** Everything the guards need to know of the world, asked anew each time they run. */
export async function guardFacts(
  app: App,
  doc: PlanDoc,
  context: Context,
  self: Pick<Plan, "id" | "override"> | null,
): Promise<GuardFacts> {
  const audience = audienceOf(app, doc.audience);
  if (audience === null)
    throw new AuditorError(
      "config",
      `audience ${doc.audience}`,
      "is no longer configured",
      "put it back, or let the plan expire",
    );
  const now = app.clock.now();
  const systems = [...new Set([audience.owner, ...doc.changes.map((c) => c.system)])];
  const since = instant(new Date(now.getTime() - DAY_MS));
  const touched: Record<string, Touched> = {};
  const access: Record<string, string | null> = {};
  for (const system of systems) {
    const list = { audience: audience.id, system, list: doc.lists?.[system] ?? null };
    touched[system] = await app.plans.touchedSince(list, since);
    if (doc.changes.some((c) => c.system === system)) access[system] = await probe(app, system, context);
  }
  const campaigns = await knownCampaigns(app);
  const config = withSends(app.config, campaignSends(campaigns));
  const undone = doc.undoes === null ? null : await app.plans.get(doc.undoes);
  return {
    now: instant(now),
    config,
    audience,
    readings: await readingsOf(app, audience, systems),
    touched,
    access,
    writes: await writesOf(app),
    heldOut: await heldOutAmong(
      app,
      audience,
      doc.changes.flatMap((c) => (c.op === "add" ? [c.person] : [])),
    ),
    ruleCause: await ruleCauseOf(
      app,
      doc.incidentId === null ? null : await getIncident(app.db, doc.incidentId),
    ),
    override: self?.override ?? null,
    sends: audience.segments.flatMap((s) => nextSend(config, audience.id, s.system, instant(now)) ?? []),
    otherPlans: (await busyPlans(app.db)).filter((p) => p.id !== self?.id),
    baseAccepted: (await getAudienceBase(app.db, audience.id)) !== null,
    leftOutBy: leftOutBy(campaigns, audience.id),
    undone,
    fought: await foughtOver(app, audience.id, instant(now)),
  };
}

/** Who of this audience is in a duel with another writer. */
export const foughtOver = async (
  app: Pick<App, "plans">,
  audience: AudienceId,
  now: Instant,
): Promise<ReadonlySet<string>> =>
  quarantined(await app.plans.repairedSince(audience, repairsFrom(now)), now);

async function readingsOf(
  app: App,
  audience: Audience,
  systems: readonly SystemId[],
): Promise<GuardReading[]> {
  const readings: GuardReading[] = [];
  for (const system of systems) {
    const history = await app.audits.snapshots(audience.id, system, 10);
    const latest = history.at(-1);
    if (latest === undefined) continue;
    const before = history.slice(0, -1).findLast((s) => s.coverage === "complete");
    readings.push({
      snapshot: latest.id,
      system,
      coverage: latest.coverage,
      asOf: latest.asOf,
      takenAt: latest.takenAt,
      size: latest.metrics.size?.numerator ?? null,
      previousSize: before?.metrics.size?.numerator ?? null,
      readMs: latest.metrics.latency_ms?.numerator ?? null,
    });
  }
  return readings;
}

/** null: it can write; else why not, without secrets. */
async function probe(app: App, system: SystemId, context: Context): Promise<string | null> {
  try {
    const writer = await app.writer(systemOf(app, system));
    if (writer === null) return "the configuration has no write credential";
    try {
      await writer.probe(context);
      return null;
    } finally {
      await writer.close();
    }
  } catch (error) {
    if (error instanceof AuditorError) return error.message;
    throw error;
  }
}
