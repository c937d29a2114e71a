import { type Static, Type } from "typebox";
import type { Attribution } from "../../../core/attribution.ts";
import { AuditorError } from "../../../core/errors.ts";
import type { Incident } from "../../../core/finding.ts";
import { audiencesOf, tellsOf } from "../../../core/incident-order.ts";
import { flaggedSnapshots } from "../../../store/flagged-snapshots.ts";
import { getIncident } from "../../../store/get-incident.ts";
import { listIncidents } from "../../../store/list-incidents.ts";
import { plansOfIncident } from "../../../store/plans-of-incident.ts";
import { actOnIncident } from "../../act-on-incident.ts";
import { configWithCampaigns } from "../../facts/calendar.ts";
import { knownChanges } from "../../facts/known-changes.ts";
import { affectedBy } from "../../repair/affected.ts";
import type { Services } from "../../services.ts";
import * as contract from "../contract/incident.ts";
import { Severity } from "../contract/parts.ts";
import { Drafted, DraftRequest } from "../contract/plan.ts";
import type { Api } from "../server.ts";
import { personOf } from "../session.ts";
import { incidentRow } from "../views/incident.ts";
import { bandsFor, lineOf } from "../views/line.ts";
import { nextOf } from "../views/overview.ts";
import { loadWorld } from "../views/world.ts";

const Id = Type.Object({ id: Type.Integer({ minimum: 1 }) });
const Filter = Type.Object({
  state: Type.Optional(Type.Union([Type.Literal("open"), Type.Literal("all"), Type.Literal("resolved")])),
  severity: Type.Optional(Severity),
  audience: Type.Optional(Type.String()),
  system: Type.Optional(Type.String()),
  check: Type.Optional(Type.String()),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
  offset: Type.Optional(Type.Integer({ minimum: 0 })),
});

export async function incidentRoutes(api: Api, services: Services): Promise<void> {
  const { app } = services;
  api.get(
    "/incidents",
    { schema: { querystring: Filter, response: { 200: contract.IncidentList } } },
    async (request) => {
      await personOf(app, request);
      const { limit = 100, offset = 0, ...filter } = request.query;
      const { incidents, total } = await listIncidents(app.db, { ...filter, limit, offset });
      return { incidents: await Promise.all(incidents.map((i) => rowOf(i))), total };
    },
  );

  api.get(
    "/incidents/:id",
    { schema: { params: Id, response: { 200: contract.IncidentDetail } } },
    async (request) => {
      await personOf(app, request);
      return detailOf(await incidentOr404(request.params.id));
    },
  );

  for (const action of ["take", "snooze", "resolve", "dismiss"] as const) {
    api.post(
      `/incidents/:id/${action}`,
      { schema: { params: Id, body: contract.IncidentAction, response: { 200: contract.IncidentRow } } },
      async (request) => {
        const me = await personOf(app, request);
        const { id } = request.params;
        return rowOf(await actOnIncident(app, me, { id, action, ...request.body }));
      },
    );
  }

  api.post(
    "/incidents/:id/plan",
    { schema: { params: Id, body: DraftRequest, response: { 201: Drafted } } },
    async (request, reply) => {
      const me = await personOf(app, request);
      const incident = await incidentOr404(request.params.id);
      if (incident.finding.audience === null || incident.finding.repair === null) {
        throw new AuditorError(
          "unsupported",
          "incident",
          "there is nothing that Plumbline could repair about this",
          "follow the steps on the incident’s page",
        );
      }
      const plan = await services.repair.draft({
        incident,
        author: me,
        audience: incident.finding.audience,
        system: incident.finding.system,
        ...(request.body.only === undefined ? {} : { only: request.body.only }),
      });
      return reply.code(201).send({ planId: plan.id });
    },
  );

  async function incidentOr404(id: number): Promise<Incident> {
    const incident = await getIncident(app.db, id);
    if (incident === null)
      throw new AuditorError("not_found", "incident", `there is no INC-${id}`, "see the list of incidents");
    return incident;
  }

  async function rowOf(i: Incident): Promise<Static<typeof contract.IncidentRow>> {
    const plans = await plansOfIncident(app.db, i.id);
    return incidentRow(i, app.config, plans[0]?.id ?? null);
  }

  async function detailOf(i: Incident): Promise<contract.IncidentDetail> {
    const f = i.finding;
    const history = f.audience === null ? [] : await app.audits.snapshots(f.audience, f.system, 90);
    const flagged =
      f.audience === null ? new Set<string>() : await flaggedSnapshots(app.db, f.audience, f.system);
    const since = history.at(-28)?.takenAt ?? (f.siblings === undefined ? "" : daysBefore(i.openedAt, 28));
    const audience = app.config.audiences.find((a) => a.id === f.audience);
    const ownerOf = (id: string) => app.config.audiences.find((a) => a.id === id)?.owner;
    const changes = (await knownChanges(app))
      .filter((c) => c.at >= since)
      .filter((c) => c.audience === null || tellsOf(f, c.audience))
      .filter(
        (c) =>
          c.system === null ||
          c.system === f.system ||
          (c.audience !== null && c.system === ownerOf(c.audience)),
      )
      .map((c) => ({ at: c.at, text: c.text }));
    const similar = await listIncidents(app.db, { check: f.check, state: "resolved", limit: 3, offset: 0 });
    const nextSends: NonNullable<contract.IncidentDetail["nextSend"]>[] = [];
    for (const id of audiencesOf(f)) {
      const world = await loadWorld(app, { audience: id, history: 1 });
      nextSends.push(...[nextOf(await configWithCampaigns(app), world, id)].filter((s) => s !== null));
    }
    return {
      incident: await rowOf(i),
      means: f.means,
      cause: f.cause,
      todo: [...f.todo],
      observed: f.observed,
      expected: f.expected,
      maths: Object.entries(f.maths).map(([name, value]) => ({ name, value })),
      whyMoved: whyMovedOf(f.attribution),
      ...(f.siblings === undefined
        ? {}
        : {
            siblings: f.siblings.map(({ audience: id, title, now, people }) => ({
              audience: id,
              title,
              now,
              people,
            })),
          }),
      line: lineOf(
        history,
        flagged,
        28,
        bandsFor(history, 28, audience?.cadence ?? "0 6 * * *", app.config.timezone),
      ),
      changes,
      affected: i.state === "resolved" ? null : await affectedBy(app, i),
      events: [...(await app.audits.incidentEvents(i.id))],
      nextSend: nextSends.sort((a, b) => a.at.localeCompare(b.at))[0] ?? null,
      plans: (await plansOfIncident(app.db, i.id)).map((p) => ({ id: p.id, state: p.state })),
      similar: similar.incidents
        .filter((x) => x.id !== i.id)
        .map((x) => ({ id: x.id, title: x.finding.title, resolvedAt: x.resolvedAt })),
    };
  }
}

const whyMovedOf = (a: Attribution | undefined): contract.WhyMoved | null =>
  a === undefined
    ? null
    : { since: a.from, until: a.to, before: a.before, now: a.now, ...a.parts, lookedUp: a.lookedUp };

const daysBefore = (at: string, days: number): string =>
  new Date(Date.parse(at) - days * 86_400_000).toISOString();
