import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Database } from "../../store/database.ts";
import { planStore } from "../../store/plan-store.ts";
import { eventually, killAll, sleep } from "../e2e/processes.ts";
import { asAdmin } from "../setup/database.ts";
import { begunPlan, checkTruth, type Prepared } from "./database-truth.ts";
import {
  type GhostProcess,
  ghostProcess,
  logOf,
  lookAt,
  newSecret,
  type OwnServer,
  ownServer,
  probe,
  readyWithin,
  type Served,
  type Setting,
  serve,
  smallDisk,
  writeSetting,
} from "./database-world.ts";

const READY_MS = 10_000;

let dir = "";
let server: OwnServer;
let ghost: GhostProcess;
const ends: (() => Promise<void>)[] = [];
beforeEach(async () => {
  dir = await mkdtemp("/var/tmp/plumbline-full-");
  ghost = await ghostProcess();
});
afterEach(async () => {
  await killAll([dir]);
  await ghost.close();
  // before its disk: a server whose folder is gone cannot be found any more
  await server.close();
  for (const end of ends.splice(0).reverse()) await end();
  await rm(dir, { recursive: true, force: true });
});

const looking = <T>(work: (db: Database) => Promise<T>): Promise<T> => lookAt(server, work);

/** In the middle of a plan whose writes take a while. */
async function midApply(dataDir = dir): Promise<{ served: Served; prepared: Prepared }> {
  const secret = newSecret();
  const setting: Setting = { databaseUrl: server.url, dataDir, secret, ghost };
  const served = await serve(setting, await writeSetting(setting));
  await served.child.said("verdict");
  await ghost.control("POST", "faults", { kind: "slow", method: "PUT", ms: 60, times: null });
  const prepared = await looking((db) => begunPlan(db, ghost, secret, 160));
  await eventually(
    async () => (await ghost.journal()).length,
    (n) => n > prepared.before + 5,
    60_000,
  );
  return { served, prepared };
}

async function endsRight(served: Served, prepared: Prepared): Promise<void> {
  await ghost.control("DELETE", "faults");
  await eventually(
    () => looking(async (db) => (await planStore(db).get(prepared.plan.id))?.state).catch(() => "away"),
    (s) => s === "done",
    120_000,
  );
  await looking((db) => checkTruth(db, ghost, prepared));
  await served.end();
}

const warned = (served: Served, said: RegExp) =>
  eventually(
    () => logOf(served.child).filter((l) => said.test(l)).length,
    (n) => n > 0,
    20_000,
  );

describe("no connection to be had", () => {
  it("too many connections: said so, not ready meanwhile, ready again, and the apply goes on", async () => {
    server = await ownServer();
    const { served, prepared } = await midApply();
    const watched = probe(served);
    await asAdmin(server.adminUrl, "alter role plumbline connection limit 0");
    await asAdmin(
      server.adminUrl,
      "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'plumbline'",
    );
    await warned(served, /it has no connection left \(53300\) → raise its max_connections/);
    await sleep(6_000);
    expect(watched.seen.notReady).toBeGreaterThan(0);
    await asAdmin(server.adminUrl, "alter role plumbline connection limit -1");
    await readyWithin(served, READY_MS);
    expect((await watched.end()).dead).toBe(0);
    await endsRight(served, prepared);
  });

  it("every connection of the pool waits: others are told, nothing is written on a stale lease, all ends right", async () => {
    server = await ownServer();
    const { served, prepared } = await midApply();
    const watched = probe(served);
    const locker = new pg.Client({ connectionString: server.adminUrl.replace(/\/[^/]*$/, "/plumbline") });
    await locker.connect();
    await locker.query("begin; lock table plan, plan_lease in access exclusive mode");
    const asked = Promise.all(
      Array.from({ length: 30 }, () => served.call("GET", "/api/v1/plans").then((a) => a.status)),
    );
    await sleep(7_000); // longer than the lease
    const then = (await ghost.journal()).length;
    await sleep(5_000);
    expect((await ghost.journal()).length).toBe(then);
    expect(watched.seen.notReady).toBeGreaterThan(0);
    await locker.query("rollback");
    await locker.end();
    await readyWithin(served, READY_MS);
    expect((await asked).filter((s) => s !== 200 && s !== 503)).toEqual([]);
    expect((await watched.end()).dead).toBe(0);
    await endsRight(served, prepared);
  });
});

/** Nothing more fits: on a small disk of its own, or (where none can be mounted) by a limit on the size of files. */
async function fill(path: string | null, pid: number): Promise<() => Promise<void>> {
  if (path === null) {
    const limit = (to: string) => spawnSync("prlimit", [`--pid=${pid}`, `--fsize=${to}`]);
    expect(limit("1:unlimited").status).toBe(0);
    return async () => void limit("unlimited:unlimited");
  }
  const ballast = join(path, "ballast");
  // dd ends with an error when nothing more fits, as it should
  spawnSync("dd", ["if=/dev/zero", `of=${ballast}`, "bs=64k"]);
  return () => rm(ballast, { force: true });
}

describe("disk full", () => {
  it("under the database: invariants hold, and all goes on when there is room again", async () => {
    const disk = await smallDisk(192);
    if (disk !== null) ends.push(disk.close);
    server = await ownServer(disk?.path, { min_wal_size: "32MB", max_wal_size: "48MB" });
    const { served, prepared } = await midApply();
    const watched = probe(served);
    const room = await fill(disk?.path ?? null, (await server.pid()) ?? 0);
    // a write-ahead log that is full takes the server down, a table that is full only refuses
    await warned(served, /its disk is full|cannot be reached|connection was lost|in recovery/);
    await sleep(3_000);
    await room();
    if ((await server.pid()) === null) await server.startAgain();
    await readyWithin(served, READY_MS);
    expect((await watched.end()).dead).toBe(0);
    await endsRight(served, prepared);
  });

  it("under the sets: the audit says so and what to do, nothing half-written stays, and the next one reads again", async () => {
    server = await ownServer();
    const disk = await smallDisk(8);
    if (disk !== null) ends.push(disk.close);
    const data = disk?.path ?? join(dir, "small");
    await mkdir(data, { recursive: true });
    const setting: Setting = { databaseUrl: server.url, dataDir: data, secret: newSecret(), ghost };
    const served = await serve(setting, await writeSetting(setting, 2_000));
    await served.child.said("verdict");
    const runs = async () =>
      (await served.call("GET", "/api/v1/runs")).body.runs as { state: string; detail?: unknown }[];
    const audit = async () => {
      const before = (await runs()).length;
      expect((await served.call("POST", "/api/v1/audit")).status).toBe(202);
      await eventually(runs, (r) => r.length > before && r[0]?.state !== "running", 30_000);
      return (await runs())[0];
    };
    expect(await audit()).toMatchObject({ state: "done" });
    const room = await fill(disk?.path ?? null, served.child.process.pid ?? 0);
    expect(await audit()).toMatchObject({ state: "failed" });
    await warned(served, /the disk is full \((ENOSPC|EFBIG)\) → make room for the data folder/);
    expect(await served.status("/readyz")).toBe(200);
    await room();
    const left = spawnSync("find", [join(data, "data"), "-name", "*.tmp"]).stdout.toString();
    expect(left).toBe("");
    expect(await audit()).toMatchObject({ state: "done" });
    await writeFile(join(data, "there-is-room"), "again");
    await served.end();
  });
});
