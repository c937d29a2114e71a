import { mkdtemp, rm } from "node:fs/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Database, openDatabase } from "../../store/database.ts";
import { planStore } from "../../store/plan-store.ts";
import { eventually, killAll } from "../e2e/processes.ts";
import { begunPlan, checkTruth, writesOn } from "../faults/database-truth.ts";
import {
  type GhostProcess,
  ghostProcess,
  LABEL,
  logOf,
  newSecret,
  type OwnServer,
  ownServer,
  type Served,
  type Setting,
  serve,
  writeSetting,
} from "../faults/database-world.ts";
import { mailOf } from "../property/sync-world.ts";

const CLICKS = 8;
const WORKERS = 5;

let dir = "";
let server: OwnServer;
let ghost: GhostProcess;
let db: Database;
beforeEach(async () => {
  dir = await mkdtemp("/var/tmp/plumbline-clicks-");
  server = await ownServer();
  ghost = await ghostProcess();
  db = await openDatabase({ url: server.url, applicationName: "many test", connections: 3 });
});
afterEach(async () => {
  await killAll([dir]);
  await db.close();
  await ghost.close();
  await server.close();
  await rm(dir, { recursive: true, force: true });
});

const stateOf = async (id: number) => (await planStore(db).get(id))?.state;
const ended = (id: number) =>
  eventually(
    () => stateOf(id),
    (s) => s !== undefined && ["done", "stopped"].includes(s),
    90_000,
  );

/** `n` opted-out people whom Ghost still mails, two instances, and a plan that suppresses them, drafted by the product. */
async function drafted(people: number) {
  const secret = newSecret();
  await ghost.control(
    "POST",
    "load",
    Array.from({ length: people }, (_, i) => ({ email: mailOf(i), name: "free", labels: [LABEL] })),
  );
  const setting: Setting = { databaseUrl: server.url, dataDir: dir, secret, ghost, optedOut: people };
  const config = await writeSetting(setting, people);
  const both = [await serve(setting, config), await serve(setting, config)] as const;
  for (const s of both) await s.child.said("verdict");
  await writesOn(db);
  const draft = await both[0].call("POST", "/api/v1/audiences/do_not_contact/plan", {});
  expect(draft.status, JSON.stringify(draft.body)).toBe(201);
  const id = Number(draft.body.planId);
  const detail = (await both[0].call("GET", `/api/v1/plans/${id}`)).body as {
    hash: string;
    confirmText: string;
  };
  return { both, id, approval: { hash: detail.hash, confirm: detail.confirmText, automations: true } };
}

const parallel = (both: readonly [Served, Served], path: string, body: object) =>
  Promise.all(Array.from({ length: CLICKS }, (_, i) => both[i % 2 === 0 ? 0 : 1].call("POST", path, body)));

/** What a person reads who was not the first. */
const refusal = (a: { status: number; body: Record<string, unknown> }) => {
  const error = a.body.error as { message: string; fix: string };
  return { status: a.status, message: error.message, fix: error.fix };
};
const CLEAR =
  /being applied already|another process is applying it|it has to be approved first|could not become|not approved any more|it is (done|verifying|applying)/;

/** By address: how often a mutation of the simulator took all newsletters off. */
async function suppressions(): Promise<Map<string, number>> {
  const done = new Map<string, number>();
  for (const e of await ghost.journal()) {
    if (!e.effective) continue;
    expect(e.before?.newsletters.length).toBeGreaterThan(0);
    expect(e.after?.newsletters).toEqual([]);
    const mail = e.after?.email ?? "";
    done.set(mail, (done.get(mail) ?? 0) + 1);
  }
  return done;
}

it(`${CLICKS} parallel Approve clicks and ${CLICKS} parallel Apply clicks on two instances: one runs, the others are told why not`, async () => {
  const people = 40;
  const { both, id, approval } = await drafted(people);
  const approvals = await parallel(both, `/api/v1/plans/${id}/approve`, approval);
  expect(approvals.filter((a) => a.status === 200).length).toBeGreaterThanOrEqual(1);
  for (const a of approvals.filter((x) => x.status !== 200))
    expect(refusal(a)).toMatchObject({ status: 422, message: expect.stringContaining("approved") });
  expect((await planStore(db).get(id))?.approvals).toHaveLength(1);

  const clicks = await parallel(both, `/api/v1/plans/${id}/apply`, {});
  expect(clicks.filter((a) => a.status === 202)).toHaveLength(1);
  for (const a of clicks.filter((x) => x.status !== 202)) {
    expect([409, 422]).toContain(a.status);
    expect(refusal(a).message).toMatch(CLEAR);
    expect(refusal(a).fix).not.toBe("");
  }
  expect(await ended(id)).toBe("done");
  const done = await suppressions();
  expect(done.size).toBe(people);
  expect([...new Set(done.values())]).toEqual([1]);
  const started = both.flatMap((s) => logOf(s.child)).filter((l) => l.includes('"apply.started"'));
  expect(started).toHaveLength(1);
  for (const s of both) await s.end();
});

it("the same plan stopped and applied at once: whatever wins, the ends sum to the plan and nothing goes on", async () => {
  const people = 60;
  const { both, id, approval } = await drafted(people);
  expect((await both[0].call("POST", `/api/v1/plans/${id}/approve`, approval)).status).toBe(200);
  const [apply, stop] = await Promise.all([
    both[0].call("POST", `/api/v1/plans/${id}/apply`, {}),
    both[1].call("POST", `/api/v1/plans/${id}/stop`, {}),
  ]);
  expect([202, 409, 422]).toContain(apply.status);
  expect(stop.status).toBe(202);
  if (apply.status === 202) {
    const state = await ended(id);
    const counts = await planStore(db).counts(id);
    expect(Object.values(counts).reduce((a, b) => a + b, 0)).toBe(people);
    expect(counts.in_doubt).toBe(0);
    expect(state === "done" ? counts.applied : counts.applied + counts.waiting).toBe(people);
    expect((await suppressions()).size).toBe(counts.applied);
  }
  const before = (await ghost.journal()).length;
  await new Promise((done) => setTimeout(done, 2_000));
  expect((await ghost.journal()).length).toBe(before);
  for (const s of both) await s.end();
});

it(`${WORKERS} workers race one plan: each change once`, async () => {
  const secret = newSecret();
  const setting: Setting = { databaseUrl: server.url, dataDir: dir, secret, ghost };
  const config = await writeSetting(setting);
  const workers = await Promise.all(Array.from({ length: WORKERS }, () => serve(setting, config)));
  for (const w of workers) await w.child.said("verdict");
  const prepared = await begunPlan(db, ghost, secret, 160);
  // all of them look for abandoned plans; besides, each is told to go on with this one
  const answers = await Promise.all(
    workers.map((w) => w.call("POST", `/api/v1/plans/${prepared.plan.id}/apply`, {})),
  );
  for (const a of answers) expect([202, 409, 422]).toContain(a.status);
  expect(await ended(prepared.plan.id)).toBe("done");
  await checkTruth(db, ghost, prepared);
  for (const w of workers) await w.end();
});
