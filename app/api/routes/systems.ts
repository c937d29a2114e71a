import { listSyncRuns } from "../../../store/list-sync-runs.ts";
import { listSystemFacts } from "../../../store/list-system-facts.ts";
import type { Services } from "../../services.ts";
import { SystemList } from "../contract/system.ts";
import type { Api } from "../server.ts";
import { personOf } from "../session.ts";
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
    );
  });
}
