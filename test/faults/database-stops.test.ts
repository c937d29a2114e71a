import { mkdtemp, rm } from "node:fs/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type SlackServer, startSlack } from "../../demo/slack/server.ts";
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
  type Setting,
  serve,
  writeSetting,
} from "./database-world.ts";

const STOPS = Number(process.env.PLUMBLINE_STOPS ?? 50);
const PEOPLE = 400;
const READY_MS = 10_000;

let dir = "";
let server: OwnServer;
let ghost: GhostProcess;
let slack: SlackServer;
beforeEach(async () => {
  dir = await mkdtemp("/var/tmp/plumbline-stops-");
  server = await ownServer();
  ghost = await ghostProcess();
  slack = await startSlack();
});
afterEach(async () => {
  await killAll([dir]);
  await slack.close();
  await ghost.close();
  await server.close();
  await rm(dir, { recursive: true, force: true });
});

const looking = <T>(work: (db: Database) => Promise<T>): Promise<T> => lookAt(server, work);

it(`${STOPS} immediate stops at random moments of applies, audits and notices: nothing lost, nothing doubled, ready again`, async () => {
  const secret = newSecret();
  const setting: Setting = {
    databaseUrl: server.url,
    dataDir: dir,
    secret,
    ghost,
    slackUrl: slack.apiUrl,
    cadence: "* * * * *",
    optedOut: 30,
  };
  const served = await serve(setting, await writeSetting(setting));
  await served.child.said("verdict");
  const watched = probe(served);
  const slowest = { ready: 0 };
  const plans: Prepared[] = [];
  let stops = 0;
  let inside = 0;
  while (stops < STOPS || plans.length === 0) {
    const prepared = await looking((db) => begunPlan(db, ghost, secret, PEOPLE));
    plans.push(prepared);
    let state = "applying";
    while (stops < STOPS && state !== "done") {
      if (Math.random() < 0.5) void served.call("POST", "/api/v1/audit").catch(() => undefined);
      const last = (await ghost.journal()).length;
      // short ones hit each other's recovery, long ones an apply that has its lease back and writes again
      await sleep(Math.random() < 0.5 ? Math.random() * 2_000 : 5_500 + Math.random() * 2_500);
      const mutations = (await ghost.journal()).length;
      await server.stopNow();
      stops += 1;
      await sleep(Math.random() * 1_000);
      await server.startAgain();
      slowest.ready = Math.max(slowest.ready, await readyWithin(served, READY_MS));
      state = (await looking((db) => planStore(db).get(prepared.plan.id)))?.state ?? "gone";
      if (state === "applying" && mutations > last) inside += 1;
    }
    await eventually(
      () => looking(async (db) => (await planStore(db).get(prepared.plan.id))?.state),
      (s) => s === "done",
      120_000,
    );
    await looking((db) => checkTruth(db, ghost, prepared));
    // the next plan changes the same people, and the limits look back over a day
    await asAdmin(
      server.adminUrl.replace(/\/[^/]*$/, "/plumbline"),
      "update journal set at = at - interval '2 days' where plan_id = $1",
      [prepared.plan.id],
    );
  }
  const seen = await watched.end();
  expect(seen.dead, "/healthz answers always").toBe(0);
  expect(seen.notReady, "/readyz tells of the outages").toBeGreaterThan(0);
  expect(inside, "stops in the middle of an apply").toBeGreaterThan(STOPS / 10);

  // what was to be told is told in the end, and an audit that nothing disturbs ends
  await eventually(
    () => looking(async (db) => (await db.query("select 1 from outbox")).count),
    (waiting) => waiting === 0,
    90_000,
  );
  const told = await looking((db) => db.query<{ id: number }>("select id from incident"));
  const texts = slack.messages().map((m) => JSON.stringify(m));
  for (const { id } of told.rows)
    expect(
      texts.some((t) => t.includes(`INC-${id}`)),
      `INC-${id}`,
    ).toBe(true);

  // what broke off says what and what to do, as far as it says anything
  const warnings = logOf(served.child)
    .map((l) => JSON.parse(l) as Record<string, unknown>)
    .filter((l) => typeof l.error === "string" || typeof l.because === "string");
  expect(warnings.length).toBeGreaterThan(0);
  for (const w of warnings) expect(String(w.error ?? w.because), JSON.stringify(w)).toMatch(/ → /);
  await served.end();
  console.info(
    `${stops} stops, ${inside} inside an apply, ${plans.length} plans; ready after at most ${Math.round(slowest.ready)} ms; ${JSON.stringify(seen)}`,
  );
}, 1_200_000);
