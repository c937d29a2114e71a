import { planSummaries } from "../../../store/plan-summaries.ts";
import { writesOf } from "../../repair/writes.ts";
import type { Services } from "../../services.ts";
import { Person } from "../contract/parts.ts";
import { SessionRequest, Status } from "../contract/status.ts";
import type { Api } from "../server.ts";
import { personOf, signIn } from "../session.ts";
import { progressView } from "../views/progress.ts";
import { statesOf } from "../views/system.ts";
import { loadWorld } from "../views/world.ts";

export async function statusRoutes(api: Api, services: Services): Promise<void> {
  const { app } = services;
  const person = (p: { name: string; role: Status["me"]["role"] }) => ({
    name: p.name,
    role: p.role,
  });

  api.get("/status", { schema: { response: { 200: Status } } }, async (request) => {
    const me = await personOf(app, request);
    const world = await loadWorld(app, { history: 2 });
    const states = statesOf(world, app);
    const writes = await writesOf(app);
    const plans = await planSummaries(app.db, 50);
    const applying = plans.find((p) => p.state === "applying" || p.state === "verifying");
    const counts = applying === undefined ? null : await app.plans.counts(applying.id);
    return {
      company: app.config.company,
      timezone: app.config.timezone,
      version: services.version,
      mode:
        app.mode === "demo"
          ? ("demo" as const)
          : states.some((s) => s.writable && writes[s.id] === true)
            ? ("writes_on" as const)
            : ("read_only" as const),
      now: app.clock.now().toISOString(),
      me: person(me),
      switchable: app.mode === "demo" ? app.config.people.map(person) : [],
      systems: states,
      counts: {
        audiences: app.config.audiences.length,
        openIncidents: world.open.length,
        actIncidents: world.open.filter((i) => i.severity === "act").length,
        waitingPlans: plans.filter((p) => p.state === "checked" || p.state === "approved").length,
      },
      progress: app.progress.current === null ? null : progressView(app.progress.current),
      applying:
        applying === undefined || counts === null
          ? null
          : {
              planId: applying.id,
              ended: applying.changes - counts.waiting - counts.in_doubt,
              of: applying.changes,
            },
    };
  });

  api.post("/session", { schema: { body: SessionRequest, response: { 200: Person } } }, async (request) =>
    person(await signIn(app, request, request.body.name, request.body.password)),
  );
}
