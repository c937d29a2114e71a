import { Type } from "typebox";
import { usualPauseHours } from "../../../checks/cron.ts";
import { NOTHING } from "../../../core/capabilities.ts";
import { AuditorError, isKind } from "../../../core/errors.ts";
import { audienceId } from "../../../core/model.ts";
import { returnWithin } from "../../../members/flips.ts";
import { pseudonym } from "../../../members/mask.ts";
import { topFlipping } from "../../../members/top-flipping.ts";
import { latestResults } from "../../../store/latest-results.ts";
import { listDefinitions } from "../../../store/list-definitions.ts";
import { listDeliveries } from "../../../store/list-deliveries.ts";
import { listIncidents } from "../../../store/list-incidents.ts";
import { listSyncRuns } from "../../../store/list-sync-runs.ts";
import type { App } from "../../app.ts";
import { audienceOf } from "../../audit/judge.ts";
import { openSetOf } from "../../audit/set-files.ts";
import { campaignSends, knownCampaigns, withSends } from "../../facts/calendar.ts";
import { knownChanges } from "../../facts/known-changes.ts";
import type { Services } from "../../services.ts";
import * as contract from "../contract/audience.ts";
import { AudienceChecks } from "../contract/checks.ts";
import type { Api } from "../server.ts";
import { personOf } from "../session.ts";
import { audienceDetailOf, audienceListOf } from "../views/audience.ts";
import { checksOf } from "../views/checks.ts";
import { incidentRow } from "../views/incident.ts";
import { campaignsOf, deliveryOf } from "../views/mail.ts";
import { matchRatesOf } from "../views/match-rates.ts";
import { ruleOf } from "../views/rule.ts";
import { titleOf } from "../views/verdict.ts";
import { loadWorld, type World } from "../views/world.ts";

export async function audienceRoutes(api: Api, services: Services): Promise<void> {
  const { app } = services;
  api.get("/audiences", { schema: { response: { 200: contract.AudienceList } } }, async (request) => {
    await personOf(app, request);
    return audienceListOf(await loadWorld(app, { history: 60 }));
  });

  const Query = Type.Object({ days: Type.Optional(Type.Integer({ minimum: 1, maximum: 366, default: 28 })) });
  api.get(
    "/audiences/:id",
    {
      schema: {
        params: Type.Object({ id: Type.String() }),
        querystring: Query,
        response: { 200: contract.AudienceDetail },
      },
    },
    async (request) => {
      await personOf(app, request);
      const id = audienceId(request.params.id);
      const world = await loadWorld(app, { audience: id, history: 120 });
      const incidents = await listIncidents(app.db, { audience: id, limit: 20, offset: 0 });
      const changes = await knownChanges(app);
      const rules = await listDefinitions(app.db, { audience: id, limit: 6 });
      const deliveries = await listDeliveries(app.db, id);
      const campaigns = await knownCampaigns(app);
      const syncRuns = await listSyncRuns(app.db, 20);
      const config = withSends(app.config, campaignSends(campaigns));
      const detail = audienceDetailOf(world, config, request.query.days ?? 28, {
        incidents: incidents.incidents.map((i) => incidentRow(i, app.config, null)),
        capabilities: (system) => app.capabilities.get(system) ?? NOTHING,
        changes: (system) =>
          changes
            .filter((c) => c.system === null || c.system === system)
            .filter((c) => c.audience === null || c.audience === id)
            .map(({ at, text }) => ({ at, text })),
        flips: await flipsOf(app, world),
        rule: (system) => ruleOf(rules, system),
        matchRate: (s) => matchRatesOf(world, s, app.config, syncRuns),
        delivery: (system) => deliveryOf(deliveries, system),
        campaigns: campaignsOf(campaigns, id, (system) => titleOf(world, system)),
      });
      if (detail === null) throw unknownAudience();
      return detail;
    },
  );

  api.get(
    "/audiences/:id/checks",
    {
      schema: {
        params: Type.Object({ id: Type.String() }),
        response: { 200: AudienceChecks },
      },
    },
    async (request) => {
      await personOf(app, request);
      const audience = audienceOf(app, request.params.id);
      if (audience === null) throw unknownAudience();
      const latest = await latestResults(
        app.db,
        audience.id,
        audience.segments.map((s) => s.system),
      );
      const open = (await app.audits.openIncidents()).filter((i) => i.state !== "resolved");
      const { systems, timezone } = app.config;
      return checksOf({ now: app.clock.now(), timezone, systems, open }, audience, latest);
    },
  );
}

const unknownAudience = (): AuditorError =>
  new AuditorError("not_found", "audience", "there is no audience with this id", "see the list of audiences");

const SHOWN = 7;

/** The people who leave and return most, under pseudonyms; hashes never reach the page. */
async function flipsOf(app: App, world: World): Promise<contract.AudienceDetail["flips"]> {
  const rows: contract.AudienceDetail["flips"] = [];
  const within = returnWithin(
    usualPauseHours(world.audiences[0]?.cadence ?? "", app.clock.now().getTime(), app.config.timezone),
  );
  for (const s of world.segments) {
    const set = await openSetOf(app.dataDir, s.latest);
    if (set === null) continue;
    try {
      for (const f of await topFlipping(set, SHOWN, within))
        rows.push({ system: s.system.id, name: pseudonym(f.person), bits: f.bits, returns: f.returns });
    } catch (error) {
      if (!isKind(error, "bad_data")) throw error;
      app.log.warn("set.unreadable", { system: s.system.id, because: error.message });
    } finally {
      await set.close();
    }
  }
  return rows.sort((a, b) => b.returns - a.returns).slice(0, SHOWN);
}
