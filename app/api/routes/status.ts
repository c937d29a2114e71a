import { NOTHING } from "../../../core/capabilities.ts";
import { planSummaries } from "../../../store/plan-summaries.ts";
import type { Services } from "../../services.ts";
import * as contract from "../contract.ts";
import type { Api } from "../server.ts";
import { personOf, signIn } from "../session.ts";
import { loadWorld, type World } from "../views/world.ts";

export async function statusRoutes(api: Api, services: Services): Promise<void> {
  const { app } = services;
  const person = (p: { name: string; role: contract.Status["me"]["role"] }) => ({
    name: p.name,
    role: p.role,
  });

  api.get("/status", { schema: { response: { 200: contract.Status } } }, async (request) => {
    const me = await personOf(app, request);
    const world = await loadWorld(app, { history: 2 });
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
          : app.config.systems.some((s) => app.capabilities.get(s.id)?.write !== "none")
            ? ("writes_on" as const)
            : ("read_only" as const),
      now: app.clock.now().toISOString(),
      me: person(me),
      switchable: app.mode === "demo" ? app.config.people.map(person) : [],
      systems: systemsOf(world, services),
      counts: {
        audiences: app.config.audiences.length,
        openIncidents: world.open.length,
        actIncidents: world.open.filter((i) => i.severity === "act").length,
        waitingPlans: plans.filter((p) => p.state === "checked" || p.state === "approved").length,
      },
      progress: app.progress.current === null ? null : { ...app.progress.current },
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

  api.post(
    "/session",
    { schema: { body: contract.SessionRequest, response: { 200: contract.Person } } },
    async (request) => person(await signIn(app, request, request.body.name, request.body.password)),
  );

  api.get("/systems", { schema: { response: { 200: contract.SystemList } } }, async (request) => {
    await personOf(app, request);
    const world = await loadWorld(app, { history: 2 });
    const states = systemsOf(world, services);
    return {
      systems: app.config.systems.map((s) => {
        const state = states.find((x) => x.id === s.id);
        const can = app.capabilities.get(s.id) ?? NOTHING;
        return {
          id: s.id,
          title: s.title,
          kind: s.kind,
          sends: s.sends,
          read: can.read,
          write: can.write,
          baseReadable: can.baseReadable,
          coverage: state?.coverage ?? null,
          asOf: state?.asOf ?? null,
          because: state?.because ?? null,
          warnings: state?.warnings ?? [],
        };
      }),
    };
  });
}

const WORSE = { complete: 0, partial: 1, unusable: 2 };

function systemsOf(world: World, { app }: Services): contract.Status["systems"] {
  return world.systems.map((system) => {
    const latest = [
      ...world.segments.filter((s) => s.system.id === system.id).map((s) => s.latest),
      world.bases.get(system.id)?.at(-1) ?? null,
    ].filter((s) => s !== null);
    const worst = latest.reduce<(typeof latest)[number] | null>(
      (w, s) => (w === null || WORSE[s.coverage] > WORSE[w.coverage] ? s : w),
      null,
    );
    const stale = world.open.find((i) => i.finding.check === "freshness" && i.finding.system === system.id);
    const times = world.segments
      .filter((s) => s.system.id === system.id)
      .flatMap((s) => (s.latestComplete === null ? [] : [s.latestComplete.takenAt]))
      .sort();
    return {
      id: system.id,
      title: system.title,
      kind: system.kind,
      sends: system.sends,
      writable: (app.capabilities.get(system.id)?.write ?? "none") !== "none",
      coverage: worst?.coverage ?? null,
      asOf: times[0] ?? null,
      stale: stale !== undefined,
      because:
        worst !== null && worst.coverage !== "complete" ? worst.because : (stale?.finding.title ?? null),
      warnings: [...(app.warnings.get(system.id) ?? [])],
    };
  });
}
