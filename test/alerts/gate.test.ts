import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AudienceDetail, GateAnswer, Overview } from "../../app/api/contract.ts";
import { type Api, buildServer } from "../../app/api/server.ts";
import { runGates } from "../../app/gate/job.ts";
import { jobsOf } from "../../app/jobs/jobs.ts";
import { createSchedule, type Schedule } from "../../app/schedule.ts";
import { type SlackServer, startSlack } from "../../demo/slack/server.ts";
import { auditDaily, makeWorld, type SimWorld } from "../e2e/world.ts";
import { headerOf } from "./alert-world.ts";

const CANARY = /person\d+@example\.test|Person \d+/;
const HOST = { host: "127.0.0.1:4780" };
const PEOPLE = 300;

let world: SimWorld;
let slack: SlackServer;
let api: Api;
const schedules: Schedule[] = [];

beforeAll(async () => {
  slack = await startSlack({ token: "t" });
  const more = `
routes:
  slack: { token: "\${env:SLACK}", channel: C1, api_url: ${slack.apiUrl} }
calendar:
  - { name: Daily letter, system: ghost, audience: active, cron: "0 9 * * *", excludes: [do_not_contact] }
  - { name: Receipts / today, system: ghost, audience: active, cron: "0 21 * * *", transactional: true }
`;
  world = await makeWorld({
    people: PEOPLE,
    yaml: (t) => `${t.replace(/people:[\s\S]*$/, "")}${more}`,
    env: { SLACK: "t" },
  });
  api = await buildServer(world.services, { logger: false, publicDir: null, port: () => 4780 });
  await auditDaily(world, 2);
  for (const holder of ["one", "two"]) start(holder);
  await tickAll(); // from now on its fires are promised
});
afterAll(async () => {
  await Promise.all(schedules.map((s) => s.stop()));
  await api.close();
  await slack.close();
  await world.close();
});

function start(holder: string): void {
  const { app } = world;
  const jobs = jobsOf(world.services).filter((j) => j.name === "gate");
  schedules.push(createSchedule({ db: app.db, clock: app.clock, log: app.log, jobs, holder }));
}
const tickAll = () => Promise.all(schedules.map((s) => s.tick()));
const at = async (time: string): Promise<void> => {
  world.clock.set(`${world.clock.now().toISOString().slice(0, 11)}${time}Z`);
  await tickAll();
};
const audit = (): Promise<void> => {
  const next = new Date(world.clock.now().getTime() + 86_400_000).toISOString().slice(0, 11);
  world.clock.set(`${next}06:00:00Z`);
  return world.services.audit.run("scheduled", new AbortController().signal).then(() => undefined);
};
const headers = () => slack.messages().map((m) => headerOf(m));
const checks = async () =>
  (
    await world.app.db.query<Record<string, unknown>>(
      "select minutes_before as minutes, verdict, people from gate_check order by send_at, minutes_before desc",
    )
  ).rows;
let wellScore: Overview["score"];
const read = async <T>(url: string): Promise<T> => (await api.inject({ url, headers: HOST })).json<T>();
const ask = async (name: string): Promise<GateAnswer> => {
  const answer = await api.inject({ url: `/api/v1/gate/${encodeURIComponent(name)}`, headers: HOST });
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json<GateAnswer>();
};

describe("the looks at a send before it goes out, by two processes", () => {
  test("Go says nothing, and is looked at once at each of the two moments", async () => {
    wellScore = (await read<Overview>("/api/v1/overview")).score;
    await at("06:59:30");
    expect(await checks()).toEqual([]);
    await at("07:00:10");
    await at("07:20:00");
    expect(await checks()).toEqual([{ minutes: 60, verdict: "go", people: 0 }]);
    await at("07:46:00");
    await at("07:59:00");
    await at("08:00:00");
    expect((await checks()).map((c) => c.minutes)).toEqual([60, 15]);
    expect(headers()).toEqual([]);
    expect(await ask("Daily letter")).toMatchObject({
      verdict: "go",
      recipients: PEOPLE,
      mustNot: 0,
      send: { source: "calendar", transactional: null, includes: [{ name: "Active customers" }] },
    });
  });

  test("No-go is told once at each, with counts and without anybody's name", async () => {
    await world.warehouse.query(
      "update person set consent = 'unsubscribed', consent_at = '2026-11-03' where substring(email from '\\d+')::int <= 30",
    );
    await audit();
    await at("07:00:10");
    await at("07:03:00");
    expect(headers()).toEqual(["◆ No-go: “Daily letter” goes out at 09:00 CET"]);
    start("three"); // after a restart nothing is told again
    await tickAll();
    expect(headers()).toHaveLength(1);
    await at("07:45:00");
    expect(headers()).toHaveLength(2);
    expect((await checks()).slice(2)).toEqual([
      { minutes: 60, verdict: "no_go", people: 30 },
      { minutes: 15, verdict: "no_go", people: 30 },
    ]);
    const said = JSON.stringify(slack.messages());
    expect(said).toContain("30 people on “Do not contact” would get it.");
    expect(said).not.toMatch(CANARY);
    const answer = await ask("daily LETTER");
    expect(answer.headline).toBe("No-go: 30 people who must not get it would.");
    expect(JSON.stringify(answer)).not.toMatch(CANARY);
  });

  test("the same leak holds down the integrity score, of the company and of its list", async () => {
    expect(wellScore).toMatchObject({ value: 100, atMost: false, heldBy: null });
    const { score } = await read<Overview>("/api/v1/overview");
    expect(score).toMatchObject({ value: 25, heldBy: "consent" });
    expect(score.text).toContain("Do not contact: 30 opted-out people can be mailed from Ghost");
    const { score: own } = await read<AudienceDetail>("/api/v1/audiences/do_not_contact");
    expect(own.parts.find((p) => p.dimension === "consent")).toMatchObject({ value: 25, state: "known" });
  });

  test("a transactional send may go to the same people", async () => {
    expect(await ask("Receipts / today")).toMatchObject({ verdict: "go", mustNot: 0, recipients: PEOPLE });
  });

  test("Slack is down: it is told a little later, and once", async () => {
    const before = headers().length;
    slack.fault({ method: "chat.postMessage", error: "http_500", times: 1 });
    await audit();
    await at("07:00:10");
    expect(headers()).toHaveLength(before);
    await world.app.db.query("update job_run set lease_until = null where job like 'gate: %'"); // the pause is over
    await at("07:02:00");
    await at("07:03:00");
    expect(headers()).toHaveLength(before + 1);
  });

  test("however many look at the same moment, one tells", async () => {
    await audit();
    const before = headers().length;
    world.clock.set(`${world.clock.now().toISOString().slice(0, 11)}07:00:10Z`);
    const { signal } = new AbortController();
    await Promise.all(["a", "b", "c", "d"].map((holder) => runGates(world.app, signal, holder)));
    expect(headers()).toHaveLength(before + 1);
  });

  test("Can’t tell is told at the last look only", async () => {
    await world.warehouse.query("update person set consent = 'subscribed', consent_at = null");
    await audit();
    const before = headers().length;
    world.ghost.control.fault({ kind: "server_error", times: null });
    await audit();
    await at("07:00:10");
    expect(headers()).toHaveLength(before);
    await at("07:45:00");
    expect(headers().slice(before)).toEqual(["○ Can’t tell: “Daily letter” goes out at 09:00 CET"]);
    const answer = await ask("Daily letter");
    expect(answer).toMatchObject({ verdict: "cant_tell", mustNot: 0, atLeast: true });
    expect(answer.reasons[0]).toMatchObject({ weight: "cant_tell", kind: "list_unread" });
  });

  test("answers what is not planned with the names of what is", async () => {
    const answer = await api.inject({ url: "/api/v1/gate/Spring%20drop", headers: HOST });
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ error: { fix: expect.stringContaining("“Daily letter”") } });
  });
});
