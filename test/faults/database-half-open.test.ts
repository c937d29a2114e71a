import { mkdtemp, rm } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Database, openDatabase } from "../../store/database.ts";
import { planStore } from "../../store/plan-store.ts";
import { eventually, killAll, sleep } from "../e2e/processes.ts";
import { type TcpProxy, tcpProxy } from "../real/tcp-proxy.ts";
import { begunPlan, checkTruth } from "./database-truth.ts";
import {
  type GhostProcess,
  ghostProcess,
  newSecret,
  type OwnServer,
  ownServer,
  probe,
  readyWithin,
  type Setting,
  serve,
  writeSetting,
} from "./database-world.ts";

const LEASE_SECONDS = 5;

let dir = "";
let server: OwnServer;
let ghost: GhostProcess;
let proxy: TcpProxy;
/** Straight to the server, past the proxy. */
let db: Database;
let proxied = "";
beforeEach(async () => {
  dir = await mkdtemp("/var/tmp/plumbline-half-open-");
  server = await ownServer();
  ghost = await ghostProcess();
  const url = new URL(server.url);
  proxy = await tcpProxy("127.0.0.1", Number(url.port));
  url.port = String(proxy.port);
  proxied = url.href;
  db = await openDatabase({ url: server.url, applicationName: "faults test", connections: 3 });
});
afterEach(async () => {
  await killAll([dir]);
  await db.close();
  await proxy.close();
  await ghost.close();
  await server.close();
  await rm(dir, { recursive: true, force: true });
});

async function served(secret: string) {
  const setting: Setting = { databaseUrl: proxied, dataDir: dir, secret, ghost, leaseSeconds: LEASE_SECONDS };
  const process = await serve(setting, await writeSetting(setting));
  await process.child.said("verdict");
  return process;
}
const stateOf = async (id: number) => (await planStore(db).get(id))?.state;
const mutations = async () => (await ghost.journal()).length;

describe("a connection whose other end is gone without a word", () => {
  it("is noticed within the lease: no vendor write after it, not ready meanwhile, and everything goes on afterwards", async () => {
    const secret = newSecret();
    const self = await served(secret);
    // slow enough that the plan is in the middle of its writes
    await ghost.control("POST", "faults", { kind: "slow", method: "PUT", ms: 150, times: null });
    const prepared = await begunPlan(db, ghost, secret, 160);
    await eventually(mutations, (n) => n > prepared.before + 5, 60_000);
    const watched = probe(self);
    proxy.stall();
    const stalledAt = Date.now();
    await sleep(LEASE_SECONDS * 1_000 + 1_500);
    const then = await mutations();
    // the lease is free for others now: this process must not have written since, and must not write any more
    await sleep(12_000);
    const last = (await ghost.journal()).at(-1);
    expect(await mutations()).toBe(then);
    expect(Date.parse(last?.at ?? "") - stalledAt).toBeLessThan(LEASE_SECONDS * 1_000 + 1_000);
    const during = { ...watched.seen };
    expect(during.notReady).toBeGreaterThan(0);

    proxy.heal();
    const ready = await readyWithin(self, 10_000);
    await ghost.control("DELETE", "faults");
    await eventually(
      () => stateOf(prepared.plan.id),
      (s) => s === "done",
      60_000,
    );
    await checkTruth(db, ghost, prepared);
    expect((await watched.end()).dead).toBe(0);
    await self.end();
    console.info(
      `half-open: last write ${Date.parse(last?.at ?? "") - stalledAt} ms after, ready ${Math.round(ready)} ms after it healed`,
    );
  });

  it("gives a query up after its time, and lends no connection as old as that one", async () => {
    const held = await openDatabase({ url: proxied, applicationName: "half-open", connections: 4 });
    await Promise.all([1, 2, 3, 4].map(() => held.query("select pg_sleep(0.05)")));
    proxy.stall();
    const began = performance.now();
    await expect(held.query("select 1", [], 500)).rejects.toMatchObject({ kind: "transient" });
    expect(performance.now() - began).toBeLessThan(2_000);
    proxy.heal();
    const again = performance.now();
    expect((await held.query("select 1 as one", [], 2_000)).rows).toEqual([{ one: 1 }]);
    expect(performance.now() - again).toBeLessThan(1_500);
    await held.close();
  });

  it("is cut by the server too, so that its locks do not stay", async () => {
    const { rows } = await db.query<Record<string, string>>(
      `select current_setting('tcp_keepalives_idle') as idle, current_setting('tcp_keepalives_count') as count,
        current_setting('tcp_user_timeout') as acknowledged, current_setting('idle_in_transaction_session_timeout') as open`,
    );
    expect(rows).toEqual([{ idle: "10", count: "3", acknowledged: "20000", open: "30s" }]);
  });
});

describe("a connection that is lost at the commit", () => {
  const tried = async (arm: () => void) => {
    await db.query("create table if not exists mark (n int)");
    const lossy = await openDatabase({ url: proxied, applicationName: "commit", connections: 2 });
    let runs = 0;
    arm();
    const said = await lossy
      .tx(async (sql) => {
        runs += 1;
        await sql.query("insert into mark values (1)");
      })
      .catch((e: unknown) => e);
    proxy.cutAnswerTo(null);
    proxy.cutBefore(null);
    await lossy.close();
    return { runs, said, kept: (await db.query("select 1 from mark")).count };
  };

  it("is told as unknown and never repeated, whether it was kept or not", async () => {
    const unknown = {
      kind: "ambiguous",
      message: expect.stringMatching(/nobody knows whether it was kept → look/),
    };
    const lost = await tried(() => proxy.cutBefore("commit"));
    expect(lost).toMatchObject({ runs: 1, kept: 0, said: unknown });
    const kept = await tried(() => proxy.cutAnswerTo("commit"));
    expect(kept).toMatchObject({ runs: 1, kept: 1, said: unknown });
  });

  it("is settled by reading: an apply whose commits lose their answers ends right", async () => {
    const secret = newSecret();
    const self = await served(secret);
    const prepared = await begunPlan(db, ghost, secret, 120);
    let cuts = 0;
    while ((await stateOf(prepared.plan.id)) !== "done" && cuts < 8) {
      await sleep(300 + Math.random() * 900);
      if (Math.random() < 0.5) proxy.cutAnswerTo("commit");
      else proxy.cutBefore("commit");
      await sleep(400);
      proxy.cutAnswerTo(null);
      proxy.cutBefore(null);
      cuts += 1;
    }
    await eventually(
      () => stateOf(prepared.plan.id),
      (s) => s === "done",
      120_000,
    );
    await checkTruth(db, ghost, prepared);
    await self.end();
  });
});
