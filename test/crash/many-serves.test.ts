import { mkdtemp, rm } from "node:fs/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Database, openDatabase } from "../../store/database.ts";
import { pendingMigrations } from "../../store/migrate.ts";
import { planStore } from "../../store/plan-store.ts";
import { eventually, killAll, sleep } from "../e2e/processes.ts";
import { begunPlan, checkTruth } from "../faults/database-truth.ts";
import {
  type GhostProcess,
  ghostProcess,
  logOf,
  newSecret,
  type OwnServer,
  ownServer,
  readyWithin,
  type Served,
  type Setting,
  serve,
  writeSetting,
} from "../faults/database-world.ts";
import { tcpProxy } from "../real/tcp-proxy.ts";

const INSTANCES = 20;
const LEASE_SECONDS = 15;
const PAUSE_SECONDS = 60;

let dir = "";
let server: OwnServer;
let ghost: GhostProcess;
let db: Database;
beforeEach(async () => {
  dir = await mkdtemp("/var/tmp/plumbline-many-");
  // twenty pools of ten: what a server for twenty replicas has to allow
  server = await ownServer("/var/tmp", { max_connections: "300" });
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

type JobRow = { job: string; fireTime: string; state: string; attempts: number };
const jobs = async () =>
  (
    await db.query<JobRow>(
      'select job, fire_time as "fireTime", state, attempts from job_run order by fire_time, job',
    )
  ).rows;

it(`${INSTANCES} instances start at once on an empty database and one data folder: one set of tables, one secret, each job once`, async () => {
  const setting: Setting = {
    databaseUrl: server.url,
    dataDir: dir,
    // by file: the one that all of them have to agree on
    secret: null,
    ghost,
    leaseSeconds: LEASE_SECONDS,
    cadence: "* * * * *",
  };
  const config = await writeSetting(setting, 60);
  const all = await Promise.all(Array.from({ length: INSTANCES }, () => serve(setting, config)));
  const died = () =>
    all.filter((s) => s.child.process.exitCode !== null).map((s) => s.child.err().slice(-1_500));
  for (const s of all) expect(await s.status("/healthz").catch(died)).toBe(200);
  for (const s of all)
    await eventually(
      () => s.status("/readyz").catch(() => 0),
      (status) => status === 200,
      60_000,
    );
  expect(await pendingMigrations(db)).toEqual([]);
  const secrets = await db.query("select 1 from meta where key = 'secret_fingerprint'");
  expect(secrets.count).toBe(1);

  // each scheduler works only after its first audit; then everyone fires at the full minute
  for (const s of all) await s.child.said("verdict");
  await eventually(
    async () => (await jobs()).filter((j) => j.job === "outbox" && j.state === "done").length,
    (n) => n >= 2,
    130_000,
  );
  const started = new Map<string, number>();
  for (const s of all) {
    for (const line of logOf(s.child)) {
      const l = JSON.parse(line) as { msg: string; job?: string; fireTime?: string };
      if (l.msg === "job.started") {
        const key = `${l.job} ${l.fireTime}`;
        started.set(key, (started.get(key) ?? 0) + 1);
      }
    }
  }
  expect(started.size).toBeGreaterThanOrEqual(4);
  expect([...started].filter(([, n]) => n !== 1)).toEqual([]);
  expect((await jobs()).filter((j) => j.attempts > 1)).toEqual([]);
  await Promise.all(all.map((s) => s.end()));
});

const stateOf = async (id: number) => (await planStore(db).get(id))?.state;
type Lease = { holder: string; fence: number };
const leaseOf = async (id: number): Promise<Lease | undefined> =>
  (await db.query<Lease>("select holder, fence from plan_lease where plan_id = $1", [id])).rows[0];

it(`a leader that is stopped for ${PAUSE_SECONDS} s wakes, writes nothing, and finds the plan finished by another`, async () => {
  const secret = newSecret();
  const setting: Setting = {
    databaseUrl: server.url,
    dataDir: dir,
    secret,
    ghost,
    leaseSeconds: LEASE_SECONDS,
  };
  const config = await writeSetting(setting);
  const url = new URL(server.url);
  const proxy = await tcpProxy("127.0.0.1", Number(url.port));
  url.port = String(proxy.port);
  const leader = await serve({ ...setting, databaseUrl: url.href }, config);
  await leader.child.said("verdict");
  // every call takes a while, so that it is stopped in the middle of a batch
  await ghost.control("POST", "faults", { kind: "slow", method: "PUT", ms: 250, times: null });
  const prepared = await begunPlan(db, ghost, secret, 80);
  await eventually(
    async () => (await ghost.journal()).length,
    (n) => n > prepared.before + 8,
    60_000,
  );
  process.kill(leader.child.process.pid ?? 0, "SIGSTOP");
  const stoppedAt = performance.now();
  const first = await leaseOf(prepared.plan.id);
  await sleep(1_000); // what was in the kernel's hands has arrived
  await ghost.control("DELETE", "faults");
  const second: Served = await serve(setting, config);
  await eventually(
    () => stateOf(prepared.plan.id),
    (s) => s === "done",
    PAUSE_SECONDS * 1_000,
  );
  const vendor = (await ghost.journal()).length;
  const rows = (await db.query("select 1 from journal where plan_id = $1", [prepared.plan.id])).count;
  await sleep(Math.max(PAUSE_SECONDS * 1_000 - (performance.now() - stoppedAt), 0));

  // nobody tells it that its lease is gone: only its clocks can
  proxy.stall();
  const wokenAt = Date.now();
  process.kill(leader.child.process.pid ?? 0, "SIGCONT");
  await eventually(
    () => leader.child.err(),
    (text) => text.includes("apply.lease_lost"),
    20_000,
  );
  await sleep(3_000);
  proxy.heal();
  expect((await ghost.journal()).length - vendor, "nothing to the vendor").toBe(0);
  // the writer looks a person up by address before a write, and by number after it; audits do neither
  const requests = (await ghost.control("GET", "requests"))
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { method: string; path: string; atMs: number });
  const begun = requests.filter(
    (r) => r.atMs > wokenAt && (r.method !== "GET" || /email|members\/[0-9a-f]{24}/.test(r.path)),
  );
  expect(begun, "no request on the way to a write").toEqual([]);
  const after = await db.query<{ fence: number }>("select fence from journal where plan_id = $1", [
    prepared.plan.id,
  ]);
  expect(after.count - rows, "nothing to the journal").toBe(0);
  expect((await leaseOf(prepared.plan.id))?.fence).toBeGreaterThan(first?.fence ?? 0);
  await checkTruth(db, ghost, prepared);
  await readyWithin(leader, 10_000);
  await Promise.all([leader.end(), second.end()]);
  await proxy.close();
});
