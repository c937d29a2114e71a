import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { PlanDetail, SystemList } from "../../app/api/contract.ts";
import { type Api, buildServer } from "../../app/api/server.ts";
import { instant } from "../../core/model.ts";
import { listAuditLog } from "../../store/list-audit-log.ts";
import { putAudienceBase } from "../../store/put-audience-base.ts";
import { auditDaily, makeWorld, type SimWorld } from "./world.ts";

const CHANGE = { host: "127.0.0.1:4780", origin: "http://127.0.0.1:4780", "x-plumbline": "1" };
const ROLES = { Vera: "viewer", Ana: "editor", Eve: "approver", Ben: "admin", Cleo: "admin" } as const;
type Name = keyof typeof ROLES;

/** Everybody with a token; a holdout; and "VIP", which somebody put on the same label as "Active customers". */
const yaml = (text: string): string =>
  text
    .replace(
      /people:[\s\S]*$/,
      `  - id: control
    title: Control group
    purpose: marketing
    owner: warehouse
    segments: [{ system: warehouse, sql: select email from person where email = 'person300@example.test' }]
  - id: vip
    title: VIP
    purpose: marketing
    owner: warehouse
    repair: manual
    segments:
      - { system: warehouse, sql: "select email, name, consent, consent_at from person where active and email <> 'person300@example.test'" }
      - { system: ghost, label: Active }
safeguards: { fresh_minutes: 300, plan_expires_minutes: 240 }
people:
${Object.entries(ROLES)
  .map(([name, role]) => `  - { name: ${name}, role: ${role}, token: "\${env:TOKEN_${name}}" }`)
  .join("\n")}
`,
    )
    .replace("title: Active customers\n", "title: Active customers\n    holdout: control\n");

// each test reads everything four times before it begins
vi.setConfig({ testTimeout: 240_000 });

let world: SimWorld;
let api: Api;
afterEach(async () => {
  await api.close();
  await world.close();
});

async function open(o: { writesOff?: true; yaml?: (t: string) => string } = {}): Promise<void> {
  const env = Object.fromEntries(Object.keys(ROLES).map((name) => [`TOKEN_${name}`, `token-of-${name}`]));
  world = await makeWorld({
    people: 300,
    env,
    yaml: (t) => (o.yaml ?? ((x) => x))(yaml(t)),
    ...(o.writesOff ? { writesOff: true } : {}),
  });
  api = await buildServer(world.services, { logger: false, publicDir: null, port: () => 4780 });
  world.ghost.control.unload(["person300@example.test"]);
  await auditDaily(world, 2);
  for (const a of world.app.config.audiences) {
    const [comparison] = await world.app.audits.comparisons(a.id, 1);
    if (comparison === undefined) throw new Error("nothing was compared yet");
    await putAudienceBase(world.app.db, {
      audience: a.id,
      acceptedAt: instant(world.clock.now()),
      acceptedBy: "test",
      runId: comparison.runId,
    });
  }
}

type Answer = { readonly status: number; readonly said: string; readonly body: unknown };
async function ask(who: Name, method: "GET" | "POST" | "PUT", path: string, body?: object): Promise<Answer> {
  const answer = await api.inject({
    method,
    url: `/api/v1${path}`,
    headers: { ...CHANGE, authorization: `Bearer token-of-${who}` },
    ...(body === undefined ? {} : { payload: body }),
  });
  const json: unknown = answer.body === "" ? null : answer.json();
  const error = (json as { error?: { message: string } } | null)?.error;
  return { status: answer.statusCode, said: error?.message ?? "", body: json };
}
const detail = async (id: number, who: Name = "Ana") =>
  (await ask(who, "GET", `/plans/${id}`)).body as PlanDetail;
const draft = async (audience = "active", who: Name = "Ana") => {
  const answer = await ask(who, "POST", `/audiences/${audience}/plan`, {});
  expect(answer.status, answer.said).toBe(201);
  return (answer.body as { planId: number }).planId;
};
const approve = async (id: number, who: Name) => {
  const { hash, confirmText: confirm } = await detail(id);
  return ask(who, "POST", `/plans/${id}/approve`, { hash, confirm, automations: true });
};
async function ended(id: number): Promise<PlanDetail> {
  for (let i = 0; i < 400; i++) {
    const d = await detail(id);
    if (d.plan.endedAt !== null) return d;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`PL-${id} does not end`);
}
const failing = (d: PlanDetail) => d.safeguards.filter((g) => g.verdict === "fail").map((g) => g.guard);
const logOf = async (action: string) =>
  (await listAuditLog(world.app.db, { limit: 500 })).filter((e) => e.action === action).toReversed();
const writes = () => world.ghost.control.journal().filter((e) => e.effective).length;

/** People in Ghost's list whom the warehouse does not have. */
const extras = async (from: number, n: number) => {
  world.ghost.control.load(
    Array.from({ length: n }, (_, i) => ({
      email: `extra${from + i}@example.test`,
      name: "Extra",
      labels: ["Active"],
    })),
  );
  await auditDaily(world, 2);
};

describe("writes are off until an admin enables them", () => {
  it("for everybody else's plans too, and off again before the first write", async () => {
    await open({ writesOff: true });
    await extras(0, 5);
    const first = await detail(await draft());
    expect(first.plan.state).toBe("refused");
    expect(failing(first)).toEqual(["writes_on"]);
    expect(first.safeguards.find((g) => g.guard === "writes_on")?.because).toBe(
      "writes to Ghost are off; an admin turns them on under Systems",
    );
    const enable = (who: Name, body: object) => ask(who, "PUT", "/systems/ghost/writes", body);
    const why = { enabled: true, reason: "first repairs" };
    for (const who of ["Vera", "Ana", "Eve"] as const)
      expect(await enable(who, why)).toMatchObject({ status: 403, said: "only an admin can switch them" });
    expect((await enable("Ben", { enabled: true, reason: "    x   " })).status).toBe(422);
    expect((await ask("Ben", "PUT", "/systems/warehouse/writes", why)).said).toBe(
      "the configuration has no write credential for it",
    );
    expect((await ask("Ben", "PUT", "/systems/nowhere/writes", why)).status).toBe(404);
    expect(await logOf("writes.enabled")).toEqual([]);
    expect((await enable("Ben", why)).status).toBe(200);
    expect(await logOf("writes.enabled")).toMatchObject([
      { actor: "Ben", object: "ghost", detail: { reason: "first repairs" } },
    ]);
    const listed = (await ask("Vera", "GET", "/systems")).body as SystemList;
    expect(listed.systems.map((s) => s.writes)).toMatchObject([
      null,
      { enabled: true, by: "Ben", reason: "first repairs" },
    ]);

    const id = await draft();
    expect((await approve(id, "Ana")).status).toBe(200);
    await enable("Cleo", { enabled: false, reason: "holiday freeze" });
    expect(await ask("Ana", "POST", `/plans/${id}/apply`, {})).toMatchObject({
      status: 422,
      said: "Writes are switched on: writes to Ghost are off; an admin turns them on under Systems",
    });
    expect(writes()).toBe(0);
    expect((await enable("Cleo", { enabled: true, reason: "freeze is over" })).status).toBe(200);
    expect((await ask("Ana", "POST", `/plans/${id}/apply`, {})).status).toBe(202);
    expect((await ended(id)).counts.applied).toBe(5);
  });

  it("switching off stops what runs within five seconds, and says who did", async () => {
    await open();
    await extras(0, 14);
    const id = await draft();
    await approve(id, "Ana");
    world.ghost.control.fault({ kind: "slow", method: "PUT", ms: 500, times: 1_000 });
    expect((await ask("Ana", "POST", `/plans/${id}/apply`, {})).status).toBe(202);
    while (writes() === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await ask("Ben", "PUT", "/systems/ghost/writes", { enabled: false, reason: "the wrong list" });
    const from = Date.now();
    let last = writes();
    let lastAt = from;
    const watcher = setInterval(() => {
      if (writes() !== last) lastAt = Date.now();
      last = writes();
    }, 20);
    const d = await ended(id);
    clearInterval(watcher);
    expect(lastAt - from).toBeLessThan(5_000);
    expect(d.plan).toMatchObject({ state: "stopped", because: "stopped by Ben, who switched writing off" });
    expect(d.counts.applied).toBeGreaterThan(0);
    expect(d.counts.waiting).toBeGreaterThan(0);
    expect((await logOf("writes.disabled"))[0]?.detail).toMatchObject({ stopped: [`PL-${id}`] });
  });
});

describe("a refusal for size", () => {
  it("is overridden once by an admin who is not the author, and somebody else approves", async () => {
    await open();
    await extras(0, 100);
    const id = await draft();
    const refused = await detail(id);
    expect({ state: refused.plan.state, failing: failing(refused) }).toEqual({
      state: "refused",
      failing: ["size_limit"],
    });
    const body = { hash: refused.hash, reason: "the trade fair list was wound up" };
    const override = (who: Name, b: object = body) => ask(who, "POST", `/plans/${id}/override`, b);
    for (const who of ["Vera", "Ana", "Eve"] as const) {
      expect((await detail(id, who)).can.override).toBe(false);
      expect((await override(who)).status).toBe(403);
    }
    expect((await detail(id, "Ben")).can.override).toBe(true);
    expect((await override("Ben", { ...body, hash: "0".repeat(64) })).status).toBe(409);
    expect((await override("Ben", { ...body, reason: "because" })).status).toBe(422);
    expect((await approve(id, "Eve")).said).toMatch(/^a safeguard refuses it: Size limit, Ghost/);

    // two admins at once: one override, one line in the log
    const both = await Promise.all([override("Ben"), override("Cleo")]);
    expect(both.map((a) => a.status).sort()).toEqual([200, 422]);
    const who: Name = both[0]?.status === 200 ? "Ben" : "Cleo";
    const other: Name = who === "Ben" ? "Cleo" : "Ben";
    expect(await logOf("plan.size_overridden")).toMatchObject([
      { actor: who, object: `PL-${id}`, detail: { hash: refused.hash, reason: body.reason } },
    ]);
    expect((await override(other)).said).toMatch(/^no safeguard refuses this plan|overrode it once already/);

    const open2 = await detail(id);
    expect(open2.override).toMatchObject({ by: who, reason: body.reason });
    expect(open2.plan).toMatchObject({ state: "checked", need: "second_person" });
    expect(open2.safeguards.find((g) => g.guard === "size_limit")).toMatchObject({
      verdict: "needs",
      because: expect.stringContaining(`Overridden by ${who} (for 1 h more), because “${body.reason}”`),
    });
    expect((await approve(id, "Ana")).said).toBe("a second person has to approve it");
    expect((await approve(id, who)).said).toBe(`you overrode its size; Eve or another person approves it`);
    expect((await approve(id, "Eve")).status).toBe(200);
    expect((await detail(id)).approvals).toMatchObject([
      { person: "Eve", covers: "at most 100 removals in Ghost" },
    ]);
    expect((await ask("Ana", "POST", `/plans/${id}/apply`, {})).status).toBe(202);
    expect((await ended(id)).counts.applied).toBe(100);
    const plan = await world.app.plans.get(id);
    expect(plan?.override?.usedAt).not.toBeNull();
    expect(await world.app.plans.takeOverride(id, instant(world.clock.now()))).toBe(false);
  });

  it("runs out after 60 minutes, also between approval and apply", async () => {
    await open();
    await extras(0, 100);
    const id = await draft();
    const { hash } = await detail(id);
    await ask("Ben", "POST", `/plans/${id}/override`, { hash, reason: "the trade fair is over" });
    world.clock.add(59 * 60_000);
    expect((await approve(id, "Eve")).status).toBe(200);
    world.clock.add(60_000);
    expect((await ask("Ana", "POST", `/plans/${id}/apply`, {})).said).toMatch(
      /; the override by Ben is over$/,
    );
    expect(writes()).toBe(0);
    expect(failing(await detail(id))).toEqual(["size_limit"]);
    expect(
      (await ask("Ben", "POST", `/plans/${id}/override`, { hash, reason: "once more please" })).status,
    ).toBe(422);
  });

  it("is final where there is one person", async () => {
    await open({
      yaml: (t) =>
        t.replace(/(people:\n)(?:.*\n)*/, `$1  - { name: Ben, role: admin, token: "\${env:TOKEN_Ben}" }\n`),
    });
    await extras(0, 100);
    const id = await draft("active", "Ben");
    const { hash, can } = await detail(id, "Ben");
    expect(can.override).toBe(false);
    expect(
      await ask("Ben", "POST", `/plans/${id}/override`, { hash, reason: "the trade fair is over" }),
    ).toMatchObject({
      status: 422,
      said: expect.stringContaining("with one person"),
    });
  });
});

describe("what an approval binds", () => {
  it("fewer changes than approved pass, more never run, whatever the store says", async () => {
    await open();
    await extras(0, 5);
    const id = await draft();
    expect((await detail(id)).approves).toBe("at most 5 removals in Ghost");
    await approve(id, "Ana");
    await world.app.db.query(
      `update approval set most = '{"ghost": {"suppress": 0, "remove": 4, "add": 0, "set": 0}}' where plan_id = $1`,
      [id],
    );
    expect((await ask("Ana", "POST", `/plans/${id}/apply`, {})).said).toBe(
      "the approval is not valid for this plan",
    );
    expect(writes()).toBe(0);
  });

  it("two audiences on one list count together, and an author who approved alone needs a second person then", async () => {
    await open();
    await extras(0, 12);
    const [a, b] = [await draft("active"), await draft("vip")];
    expect([(await detail(a)).plan.need, (await detail(b)).plan.need]).toEqual(["author", "author"]);
    await approve(a, "Ana");
    expect((await approve(b, "Ana")).said).toBe("a safeguard refuses it: No other plan on these lists");
    expect((await ask("Ana", "POST", `/plans/${a}/apply`, {})).status).toBe(202);
    expect((await ended(a)).counts.applied).toBe(12);
    const need = (await detail(await draft("vip"))).safeguards.find((g) => g.guard === "size_limit");
    expect(need?.because).toContain("12 of 311 people");
  });
});

describe("suppressions that their author carried out alone", () => {
  it("are looked at afterwards by somebody else, once, and the report asks for it", async () => {
    await open();
    await world.warehouse.query(
      "update person set consent = 'unsubscribed', consent_at = '2026-11-03', active = false where email in ('person1@example.test', 'person2@example.test')",
    );
    await auditDaily(world, 1);
    const id = await draft("do_not_contact");
    await approve(id, "Ana");
    await ask("Ana", "POST", `/plans/${id}/apply`, {});
    const done = await ended(id);
    expect(done.review).toMatchObject({ suppressed: 2, by: null, can: false });
    expect((await detail(id, "Eve")).review?.can).toBe(true);
    expect((await ask("Ana", "POST", `/plans/${id}/review`, {})).status).toBe(403);
    expect((await ask("Vera", "POST", `/plans/${id}/review`, {})).status).toBe(403);
    const twice = await Promise.all([
      ask("Eve", "POST", `/plans/${id}/review`, {}),
      ask("Ben", "POST", `/plans/${id}/review`, {}),
    ]);
    expect(twice.map((t) => t.status).sort()).toEqual([200, 422]);
    expect(await logOf("plan.reviewed")).toHaveLength(1);
    expect((await detail(id)).review?.by).not.toBeNull();

    // asked about again much later, what ran keeps the verdicts that it began with
    world.clock.add(10 * 3_600_000);
    expect((await approve(id, "Eve")).said).toBe("the plan is done; only a checked plan can be approved");
    expect((await detail(id)).safeguards).toEqual(done.safeguards);
  });
});

describe("whoever is held out", () => {
  it("is never added, and what cannot be told adds nobody", async () => {
    await open();
    world.ghost.control.unload(["person7@example.test"]);
    world.ghost.control.load(
      [7, 300].map((i) => ({ email: `person${i}@example.test`, name: `Person ${i}`, labels: [] })),
    );
    await auditDaily(world, 2);
    const d = await detail(await draft());
    expect(d.plan.ops).toMatchObject({ add: 1 });
    expect(d.safeguards.find((g) => g.guard === "holdout")?.because).toBe(
      "0 of 1 person to add are in “Control group”",
    );
    const id = d.plan.id;
    await rm(join(world.dir, "sets", "control@warehouse"), { recursive: true });
    expect((await approve(id, "Ana")).said).toBe("a safeguard refuses it: Held-out people stay out");
    const later = await detail(await draft());
    expect(later.plan.ops.add).toBe(0);
    expect(later.groups.flatMap((g) => g.leftOut)).toContainEqual({
      reason: "“Control group” was not read completely, so nobody can tell whom it keeps out",
      count: expect.any(Number),
      sample: expect.any(Array),
    });
  });
});
