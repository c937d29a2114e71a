import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type {
  AudienceDetail,
  IncidentDetail,
  IncidentList,
  Overview,
  PlanDetail,
  Status,
} from "../../app/api/contract.ts";
import { type Api, buildServer } from "../../app/api/server.ts";
import { auditDaily, makeWorld, type SimWorld } from "../e2e/world.ts";

const HOST = { host: "127.0.0.1:4780" };
const CHANGE = { ...HOST, origin: "http://127.0.0.1:4780", "x-plumbline": "1" };

let world: SimWorld;
let api: Api;

beforeAll(async () => {
  // signing in would need passwords; without people: the person at this machine acts
  world = await makeWorld({ people: 200, yaml: (text) => text.replace(/people:[\s\S]*$/, "") });
  api = await buildServer(world.services, { logger: false, publicDir: null, port: () => 4780 });
});
afterAll(async () => {
  await api.close();
  await world.close();
});

const get = async <T>(url: string): Promise<T> => {
  const answer = await api.inject({ url, headers: HOST });
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json<T>();
};

describe("who may talk to the API", () => {
  it("refuses a foreign Host, a foreign Origin, and a change without our header", async () => {
    const foreignHost = await api.inject({ url: "/api/v1/status", headers: { host: "evil.example" } });
    const foreignOrigin = await api.inject({
      method: "POST",
      url: "/api/v1/audit",
      headers: { ...CHANGE, origin: "http://evil.example" },
    });
    const noHeader = await api.inject({ method: "POST", url: "/api/v1/audit", headers: HOST });
    expect([foreignHost.statusCode, foreignOrigin.statusCode, noHeader.statusCode]).toEqual([403, 403, 403]);
    expect(foreignHost.json()).toMatchObject({
      error: { kind: "not_allowed", fix: expect.stringContaining("address") },
    });
  });

  it("answers unknown addresses and bad input in the one error shape", async () => {
    const unknown = await api.inject({ url: "/api/v1/nothing", headers: HOST });
    const bad = await api.inject({ url: "/api/v1/incidents/abc", headers: HOST });
    expect([unknown.statusCode, bad.statusCode]).toEqual([404, 400]);
    for (const answer of [unknown, bad])
      expect(answer.json()).toMatchObject({
        error: {
          message: expect.any(String),
          fix: expect.any(String),
          requestId: expect.stringMatching(/^q-/),
        },
      });
  });

  it("publishes OpenAPI 3.1 with every route of the contract", async () => {
    const openapi = await get<{ openapi: string; paths: Record<string, unknown> }>("/docs");
    expect(openapi.openapi).toBe("3.1.0");
    expect(Object.keys(openapi.paths)).toEqual(
      expect.arrayContaining(["/api/v1/overview", "/api/v1/incidents/{id}/plan", "/api/v1/plans/{id}/apply"]),
    );
  });
});

describe("what the pages are drawn from", () => {
  it("says on the first day that nothing was read", async () => {
    const overview = await get<Overview>("/api/v1/overview");
    expect(overview.verdictState).toBe("nothing_read");
    expect(overview.mailableOptedOut.people).toBeNull();
    expect(overview.matrix.every((row) => row.cells.every((c) => c.mark === "cant_tell"))).toBe(true);
  });

  it("shows agreement, then a leak, its people masked, and one click to a reviewed plan", async () => {
    await auditDaily(world, 3);
    const calm = await get<Overview>("/api/v1/overview");
    expect(calm.verdictState).toBe("agree");
    expect(calm.mailableOptedOut).toMatchObject({ people: 0, lowerBound: false });

    await world.warehouse.query(
      "update person set consent = 'unsubscribed', consent_at = '2026-11-04', active = false where email in ('person1@example.test', 'person2@example.test')",
    );
    await auditDaily(world, 1);
    const overview = await get<Overview>("/api/v1/overview");
    expect(overview.mailableOptedOut.people).toBe(2);
    expect(overview.verdictState).toBe("disagree");
    expect(
      overview.matrix.find((r) => r.audience === "do_not_contact")?.cells.find((c) => c.system === "ghost")
        ?.mark,
    ).toBe("act");

    const { incidents } = await get<IncidentList>("/api/v1/incidents?state=open&severity=act");
    const leak = incidents.find((i) => i.check === "suppression_leak");
    expect(leak?.repairable).toBe(true);
    const detail = await get<IncidentDetail>(`/api/v1/incidents/${leak?.id}`);
    expect(detail.affected?.people.map((p) => p.masked)).toEqual(["p•••@example.test", "p•••@example.test"]);
    const page = await get<AudienceDetail>("/api/v1/audiences/active");
    expect(page.systems.map((s) => s.id)).toEqual(["warehouse", "ghost"]);

    const drafted = await api.inject({
      method: "POST",
      url: `/api/v1/incidents/${leak?.id}/plan`,
      headers: CHANGE,
      payload: {},
    });
    expect(drafted.statusCode, drafted.body).toBe(201);
    const plan = await get<PlanDetail>(`/api/v1/plans/${drafted.json<{ planId: number }>().planId}`);
    expect(plan.can.approve, plan.can.because ?? "").toBe(true);
    expect(plan.groups[0]?.verbs.map((v) => [v.op, v.count])).toEqual([["suppress", 2]]);

    const wrong = await api.inject({
      method: "POST",
      url: `/api/v1/plans/${plan.plan.id}/approve`,
      headers: CHANGE,
      payload: { hash: plan.hash, confirm: "PL-1 2" },
    });
    expect(wrong.statusCode).toBe(422);
    const stale = await api.inject({
      method: "POST",
      url: `/api/v1/plans/${plan.plan.id}/approve`,
      headers: CHANGE,
      payload: { hash: "0".repeat(64), confirm: plan.confirmText },
    });
    expect(stale.statusCode).toBe(409);
    const approved = await api.inject({
      method: "POST",
      url: `/api/v1/plans/${plan.plan.id}/approve`,
      headers: CHANGE,
      payload: { hash: plan.hash, confirm: plan.confirmText },
    });
    expect(approved.statusCode, approved.body).toBe(200);
    expect(
      (await api.inject({ method: "POST", url: `/api/v1/plans/${plan.plan.id}/apply`, headers: CHANGE }))
        .statusCode,
    ).toBe(202);
    await expect
      .poll(async () => (await get<PlanDetail>(`/api/v1/plans/${plan.plan.id}`)).plan.state, {
        timeout: 20_000,
      })
      .toBe("done");
    const done = await get<PlanDetail>(`/api/v1/plans/${plan.plan.id}`);
    expect(done.counts.applied).toBe(2);

    const status = await get<Status>("/api/v1/status");
    expect(status.me).toEqual({ name: "local", role: "admin" });
  });

  it("guards an incident's buttons by its version", async () => {
    const { incidents } = await get<IncidentList>("/api/v1/incidents?state=all");
    const first = incidents[0];
    if (first === undefined) throw new Error("an incident from the test before");
    const old = await api.inject({
      method: "POST",
      url: `/api/v1/incidents/${first.id}/take`,
      headers: CHANGE,
      payload: { version: first.version - 1 },
    });
    expect(old.statusCode).toBe(409);
    const taken = await api.inject({
      method: "POST",
      url: `/api/v1/incidents/${first.id}/take`,
      headers: CHANGE,
      payload: { version: first.version },
    });
    expect(taken.json()).toMatchObject({ state: "acknowledged", owner: "local" });
  });
});
