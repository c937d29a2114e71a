import { planSummaries } from "../../../store/plan-summaries.ts";
import { configWithCampaigns } from "../../facts/calendar.ts";
import type { Services } from "../../services.ts";
import { Overview } from "../contract/overview.ts";
import type { Api } from "../server.ts";
import { personOf } from "../session.ts";
import { overviewOf } from "../views/overview.ts";
import { loadWorld } from "../views/world.ts";

export async function overviewRoutes(api: Api, { app }: Services): Promise<void> {
  api.get("/overview", { schema: { response: { 200: Overview } } }, async (request) => {
    await personOf(app, request);
    const world = await loadWorld(app, { history: 90 });
    const waiting = (await planSummaries(app.db, 50)).filter(
      (p) => p.state === "checked" && p.expiresAt > app.clock.now().toISOString(),
    );
    return overviewOf(world, await configWithCampaigns(app), waiting);
  });
}
