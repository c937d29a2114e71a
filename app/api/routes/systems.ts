import { Type } from "typebox";
import { AuditorError } from "../../../core/errors.ts";
import { audienceId, systemId } from "../../../core/model.ts";
import { listSyncRuns } from "../../../store/list-sync-runs.ts";
import { listSystemFacts } from "../../../store/list-system-facts.ts";
import { systemOverlaps } from "../../../store/system-overlaps.ts";
import { writeSwitches } from "../../../store/write-switches.ts";
import { audienceOf } from "../../audit/judge.ts";
import { switchWrites } from "../../repair/writes.ts";
import type { Services } from "../../services.ts";
import { SystemOverlap } from "../contract/overlap.ts";
import { SystemList, WritesRequest } from "../contract/system.ts";
import type { Api } from "../server.ts";
import { personOf } from "../session.ts";
import { overlapPart } from "../views/overlap.ts";
import { systemListOf } from "../views/system.ts";
import { loadWorld } from "../views/world.ts";

export async function systemRoutes(api: Api, { app }: Services): Promise<void> {
  api.get("/systems", { schema: { response: { 200: SystemList } } }, async (request) => {
    await personOf(app, request);
    const world = await loadWorld(app, { history: 2 });
    return systemListOf(
      world,
      app.config,
      app,
      await listSystemFacts(app.db),
      await listSyncRuns(app.db, 20),
      await writeSwitches(app.db),
    );
  });

  api.put(
    "/systems/:id/writes",
    {
      schema: {
        params: Type.Object({ id: Type.String() }),
        body: WritesRequest,
        response: { 200: Type.Object({ enabled: Type.Boolean() }) },
      },
    },
    async (request) => {
      const { enabled } = await switchWrites(app, await personOf(app, request), {
        system: systemId(request.params.id),
        ...request.body,
      });
      return { enabled };
    },
  );

  api.get(
    "/systems/:id/overlap",
    {
      schema: {
        params: Type.Object({ id: Type.String() }),
        querystring: Type.Object({ audience: Type.Optional(Type.String()) }),
        response: { 200: SystemOverlap },
      },
    },
    async (request) => {
      await personOf(app, request);
      const system = app.config.systems.find((s) => s.id === request.params.id);
      if (system === undefined) throw unknown("system", "see the list of systems");
      const asked = request.query.audience === undefined ? null : audienceId(request.query.audience);
      if (asked !== null && audienceOf(app, asked) === null)
        throw unknown("audience", "see the list of audiences");
      const overlaps = await systemOverlaps(app.db, system.id);
      return {
        system: system.id,
        title: system.title,
        parts: overlaps
          .filter((o) => asked === null || o.audiences.includes(asked))
          .map((o) => overlapPart(o, asked, (id) => audienceOf(app, id)?.title ?? id)),
      };
    },
  );
}

const unknown = (what: string, fix: string): AuditorError =>
  new AuditorError("not_found", what, `there is no ${what} with this id`, fix);
