import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type {
  AudienceChecks,
  AudienceDetail,
  IncidentDetail,
  Overview,
  SystemList,
} from "../../app/api/contract.ts";
import { type Api, buildServer } from "../../app/api/server.ts";
import { ALL_CHECKS } from "../../checks/registry.ts";
import { type Instant, instant } from "../../core/model.ts";
import { auditDaily, makeWorld, type SimWorld } from "../e2e/world.ts";

const HOST = { host: "127.0.0.1:4780" };
const CHANGE = { ...HOST, origin: "http://127.0.0.1:4780", "x-plumbline": "1" };
const WRITERS = `writers:
  - { name: nightly sync, from: warehouse, to: ghost, audiences: [active], schedule: "30 2 * * *" }
people:
  - { name: Ana, role: editor, token: "\${env:ANA}" }
  - { name: Vic, role: viewer, token: "\${env:VIC}" }
`;

let world: SimWorld;
let api: Api;
let definition = "all of\n  status = active";

beforeAll(async () => {
  world = await makeWorld({
    people: 60,
    yaml: (text) => text.replace(/people:[\s\S]*$/, WRITERS),
    env: { ANA: "token-of-ana", VIC: "token-of-vic" },
    adapt: (app) => ({
      ...app,
      collector: async (system) => {
        const collector = await app.collector(system);
        if (system.id !== "ghost") return collector;
        return {
          ...collector,
          facts: async (targets) => {
            const target = targets.findIndex((t) => t.kind === "segment" && t.audience === "active");
            return {
              campaigns: [
                {
                  id: "c1",
                  name: "Autumn drop for jane@example.com",
                  state: "scheduled",
                  at: hoursOn(30),
                  includes: [{ name: "Active", target }],
                  excludes: [],
                },
              ],
              definitions: [{ target, name: "Active", definition, changedAt: null }],
              automations: null,
              deliverability: [
                {
                  target,
                  campaign: null,
                  from: hoursOn(-168),
                  to: hoursOn(0),
                  sent: 1200,
                  delivered: 1190,
                  bounced: 10,
                  complained: null,
                  unsubscribed: 4,
                },
              ],
              changes: [],
              notes: ["automations: the key lacks the scope flows:read"],
            };
          },
        };
      },
    }),
  });
  api = await buildServer(world.services, { logger: false, publicDir: null, port: () => 4780 });
  // a size is judged once there were some before it
  await auditDaily(world, 5);
  definition = "all of\n  status = active\n  region = EU";
  await auditDaily(world, 1);
});
afterAll(async () => {
  await api.close();
  await world.close();
});

const hoursOn = (hours: number): Instant =>
  instant(new Date(world.clock.now().getTime() + hours * 3_600_000));
const ANA = { authorization: "Bearer token-of-ana" };
const get = async <T>(url: string): Promise<T> => {
  const answer = await api.inject({ url, headers: { ...HOST, ...ANA } });
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json<T>();
};
const tell = (payload: Record<string, unknown>, headers: Record<string, string> = { ...CHANGE, ...ANA }) =>
  api.inject({ method: "POST", url: "/api/v1/events/run", headers, payload });
const run = (over: Record<string, unknown> = {}) => ({
  job: "nightly sync",
  id: "run-1",
  state: "running",
  started_at: hoursOn(-4),
  ...over,
});

describe("what systems tell", () => {
  it("shows capabilities in full, with what a system cannot do and what it could not tell", async () => {
    const { systems } = await get<SystemList>("/api/v1/systems");
    const ghost = systems.find((s) => s.id === "ghost");
    expect(ghost).toMatchObject({
      capabilities: {
        read: "stream",
        ops: ["suppress", "remove", "add", "set"],
        consentScope: "list",
        joinedAt: false,
        cannot: ["Ghost tells no time of joining a label or newsletter"],
      },
      limitShare: expect.any(Number),
      facts: {
        readAt: world.clock.now().toISOString(),
        liveAutomations: null,
        notes: ["automations: the key lacks the scope flows:read"],
      },
    });
    expect(systems.find((s) => s.id === "warehouse")).toMatchObject({
      limitShare: null,
      facts: null,
      jobs: [],
    });
  });

  it("shows the rule of a segment, its last change, its mail and its campaigns, without addresses", async () => {
    const page = await get<AudienceDetail>("/api/v1/audiences/active");
    const ghost = page.systems.find((s) => s.id === "ghost");
    expect(ghost?.rule?.name).toBe("Active");
    expect(ghost?.rule?.versions.map((v) => v.version)).toEqual([2, 1]);
    expect(ghost?.rule?.versions[0]?.diff.filter((l) => l.kind !== "same")).toEqual([
      { kind: "added", text: "  region = EU" },
    ]);
    expect(ghost?.rule?.versions[1]?.diff).toEqual([]);
    expect(ghost?.delivery).toMatchObject({ sent: 1200, bounced: 10, complained: null });
    expect(ghost?.changes.map((c) => c.text)).toEqual([
      "the rule of “Active” in Ghost was changed (+region = EU), first seen",
    ]);
    expect(page.systems.find((s) => s.id === "warehouse")).toMatchObject({ rule: null, delivery: null });
    expect(page.campaigns).toEqual([
      {
        system: "ghost",
        systemTitle: "Ghost",
        name: "Autumn drop for (address left out)",
        state: "scheduled",
        at: hoursOn(30),
        role: "included",
      },
    ]);
    expect(page.nextSend).toMatchObject({ at: hoursOn(30), system: "ghost" });
    const overview = await get<Overview>("/api/v1/overview");
    // the suppression list guards every send of the system
    expect(overview.matrix.map((r) => r.nextSend?.at)).toEqual([hoursOn(30), hoursOn(30)]);
  });
});

describe("GET /api/v1/audiences/:id/checks", () => {
  it("tells of every check and copy what the last audit said, and why it said nothing", async () => {
    const page = await get<AudienceChecks>("/api/v1/audiences/active/checks");
    expect(page).toMatchObject({
      audience: "active",
      judgedAt: world.clock.now().toISOString(),
      overdue: false,
    });
    expect(page.systems.filter((s) => s.owner).map((s) => s.id)).toEqual(["warehouse"]);
    expect(page.checks.map((c) => c.check).sort()).toEqual(ALL_CHECKS.map((c) => c.name).sort());
    for (const c of page.checks) expect(c.cells.map((x) => x.system)).toEqual(page.systems.map((s) => s.id));
    const cell = (check: string, system: string) =>
      page.checks.find((c) => c.check === check)?.cells.find((c) => c.system === system);
    expect(cell("run_failure", "ghost")).toMatchObject({ state: "fine", mark: "fine" });
    expect(cell("sync_failure", "warehouse")).toMatchObject({
      state: "cant_tell",
      because: { code: "not_collected", words: "not collected: no connection provides it" },
    });
    expect(page.checks.find((c) => c.check === "suppression_leak")).toMatchObject({ off: true });
  });

  it("404 for an audience that is not there", async () => {
    const answer = await api.inject({
      url: "/api/v1/audiences/nobody/checks",
      headers: { ...HOST, ...ANA },
    });
    expect(answer.statusCode).toBe(404);
  });
});

describe("POST /api/v1/events/run", () => {
  it("is kept once, whatever is repeated, and shown with its system", async () => {
    const done = run({ state: "succeeded", ended_at: hoursOn(-3), rows_written: 12, rows_read: null });
    const outcomes = [];
    for (const event of [run(), run(), done, done, run()])
      outcomes.push((await tell(event)).json<{ outcome: string }>().outcome);
    expect(outcomes).toEqual(["created", "unchanged", "updated", "unchanged", "unchanged"]);
    const { systems } = await get<SystemList>("/api/v1/systems");
    const [job] = systems.find((s) => s.id === "ghost")?.jobs ?? [];
    expect(job).toMatchObject({ name: "nightly sync", schedule: "30 2 * * *", enabled: true });
    expect(job?.runs).toEqual([
      expect.objectContaining({
        id: "run-1",
        state: "succeeded",
        endedAt: hoursOn(-3),
        rowsWritten: 12,
        rowsRead: null,
        rowsFailed: null,
      }),
    ]);
  });

  it("an overdue job is shown as such", async () => {
    await tell(run({ id: "old", started_at: hoursOn(-100), state: "succeeded", ended_at: hoursOn(-99) }));
    const jobOf = async () =>
      (await get<SystemList>("/api/v1/systems")).systems.find((s) => s.id === "ghost")?.jobs[0];
    expect((await jobOf())?.overdueSince).toBeNull();
    const now = world.clock.now();
    world.clock.add(48 * 3_600_000);
    expect((await jobOf())?.overdueSince).toMatch(/T01:30:00/);
    world.clock.set(now);
  });

  it("needs somebody who may write, our header and a known job", async () => {
    const codes = async (...answers: ReturnType<typeof tell>[]) =>
      (await Promise.all(answers)).map((a) => a.statusCode);
    expect(
      await codes(
        tell(run(), { ...CHANGE }),
        tell(run(), { ...CHANGE, authorization: "Bearer nonsense" }),
        tell(run(), { ...CHANGE, authorization: "Bearer token-of-vic" }),
        tell(run(), { ...HOST, ...ANA }),
        tell(run({ job: "unknown" })),
      ),
    ).toEqual([401, 401, 403, 403, 404]);
  });

  it.each([
    ["a state that there is not", { state: "done" }],
    ["no id", { id: "" }],
    ["a time without its offset", { started_at: "2026-11-02T02:30:00" }],
    ["no time at all", { started_at: "yesterday" }],
    ["a time in the future", { started_at: "2036-11-02T02:30:00Z" }],
    ["an end before the start", { state: "failed", ended_at: "2020-01-01T00:00:00Z" }],
    ["an end while it runs", { ended_at: "2026-11-05T05:00:00Z" }],
    ["rows below nothing", { rows_written: -1 }],
    ["rows as text", { rows_written: "12" }],
    ["a misspelled field", { row_written: 12 }],
  ])("refuses %s", async (_, over) => {
    const answer = await tell(run({ id: "bad", ...over }));
    expect([400, 422], answer.body).toContain(answer.statusCode);
    expect(answer.json()).toMatchObject({ error: { kind: "bad_data", fix: expect.any(String) } });
  });

  it("stands in OpenAPI with its fields", async () => {
    const { paths } = await get<{ paths: Record<string, { post?: { requestBody?: unknown } }> }>("/docs");
    const body = JSON.stringify(paths["/api/v1/events/run"]?.post?.requestBody);
    for (const field of ["job", "started_at", "rows_written"]) expect(body).toContain(field);
  });
});

describe("an incident names the rule that changed", () => {
  it("as its cause, and among what changed", async () => {
    definition = "all of\n  status = active\n  region = FR";
    world.ghost.control.load(
      Array.from({ length: 45 }, (_, i) => ({
        email: `person${i + 1}@example.test`,
        name: `Person ${i + 1}`,
        labels: [],
      })),
    );
    await auditDaily(world, 1);
    const open = await world.app.audits.openIncidents();
    const found = open.find((i) => i.finding.check === "size_anomaly" && i.finding.system === "ghost");
    expect(found).toBeDefined();
    const detail = await get<IncidentDetail>(`/api/v1/incidents/${found?.id}`);
    expect(detail.cause).toMatchObject({
      certainty: "likely",
      text: expect.stringContaining("−region = EU, +region = FR"),
    });
    expect(detail.changes.map((c) => c.text)).toContainEqual(expect.stringContaining("+region = FR"));
    expect(detail.whyMoved).toMatchObject({
      rule: { came: 0, left: 45 },
      unexplained: { came: 0, left: 0 },
      lookedUp: true,
    });
  });
});
