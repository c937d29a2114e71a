import { Type } from "typebox";
import { NOTHING } from "../../../core/capabilities.ts";
import { AuditorError, isKind } from "../../../core/errors.ts";
import { audienceId } from "../../../core/model.ts";
import { topFlipping } from "../../../members/flips.ts";
import { pseudonym } from "../../../members/mask.ts";
import { listConfigVersions } from "../../../store/list-config-versions.ts";
import { listIncidents } from "../../../store/list-incidents.ts";
import type { App } from "../../app.ts";
import { openSetOf } from "../../audit/set-files.ts";
import type { Services } from "../../services.ts";
import * as contract from "../contract.ts";
import type { Api } from "../server.ts";
import { personOf } from "../session.ts";
import { audienceDetailOf, audienceListOf } from "../views/audience.ts";
import { incidentRow } from "../views/incident.ts";
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
      const changes = (await listConfigVersions(app.db, 50)).flatMap((v) =>
        v.changes.map((c) => ({ at: v.at, system: c.system, text: c.text })),
      );
      const detail = audienceDetailOf(world, app.config, request.query.days ?? 28, {
        incidents: incidents.incidents.map((i) => incidentRow(i, app.config, null)),
        capabilities: (system) => app.capabilities.get(system) ?? NOTHING,
        changes: (system) =>
          changes
            .filter((c) => c.system === null || c.system === system)
            .map(({ at, text }) => ({ at, text })),
        flips: await flipsOf(app, world),
      });
      if (detail === null)
        throw new AuditorError(
          "not_found",
          "audience",
          "there is no audience with this id",
          "see the list of audiences",
        );
      return detail;
    },
  );
}

const SHOWN = 7;

/** The people who leave and return most, under pseudonyms; hashes never reach the page. */
async function flipsOf(app: App, world: World): Promise<contract.AudienceDetail["flips"]> {
  const rows: contract.AudienceDetail["flips"] = [];
  for (const s of world.segments) {
    const set = await openSetOf(app.dataDir, s.latest);
    if (set === null) continue;
    try {
      for (const f of await topFlipping(set, SHOWN))
        rows.push({ system: s.system.id, name: pseudonym(f.person), bits: f.bits, changes: f.changes });
    } catch (error) {
      if (!isKind(error, "bad_data")) throw error;
      app.log.warn("set.unreadable", { system: s.system.id, because: error.message });
    } finally {
      await set.close();
    }
  }
  return rows
    .filter((r) => r.changes > 1)
    .sort((a, b) => b.changes - a.changes)
    .slice(0, SHOWN);
}
