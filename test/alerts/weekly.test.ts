import { afterAll, beforeAll, expect, test } from "vitest";
import { makeNotify } from "../../app/alerts/notify.ts";
import { sendWeekly, weeklyReport } from "../../app/alerts/weekly.ts";
import type { App } from "../../app/app.ts";
import { type MailServer, startMail } from "../../demo/mail/server.ts";
import { type SlackServer, startSlack } from "../../demo/slack/server.ts";
import { getReport } from "../../store/get-report.ts";
import { auditDaily, makeWorld, type SimWorld } from "../e2e/world.ts";

let world: SimWorld;
let app: App;
let mail: MailServer;
let slack: SlackServer;
const CANARY = /person\d+@example\.test|Person \d+/;

beforeAll(async () => {
  mail = await startMail();
  slack = await startSlack({ token: "t" });
  const routes = `
routes:
  slack: { token: "\${env:GHOST_KEY}", channel: C1, api_url: ${slack.apiUrl} }
  mail: { host: 127.0.0.1, port: ${mail.smtpPort}, from: plumbline@meadow.example, to: [ana@meadow.example, ben@meadow.example] }
calendar:
  - { name: Weekly letter, system: ghost, audience: active, cron: "0 10 * * 2" }
`;
  world = await makeWorld({ people: 300, yaml: (t) => `${t}${routes}` });
  app = { ...world.app, secret: async () => "t" };
  const notify = makeNotify(app);
  await auditDaily(world, 3);
  await world.warehouse.query(
    "update person set consent = 'unsubscribed', consent_at = '2026-11-03', active = false where substring(email from '\\d+')::int <= 30",
  );
  world.clock.add(86_400_000);
  await world.services.audit.run("scheduled", new AbortController().signal);
  const open = await app.audits.openIncidents();
  await notify(open);
}, 120_000);
afterAll(async () => {
  await mail.close();
  await slack.close();
  await world.close();
});

test("tells what the audits found, in numbers and without anybody's name", async () => {
  const { report, text, html } = await weeklyReport(app);
  expect(text).toMatch(/30 opted-out people can be mailed\s+from Ghost\s+today/);
  expect(report.decisions[0]).toMatchObject({
    question: "Suppress 30 people in Ghost?",
    deadline: expect.stringContaining("Weekly letter"),
  });
  expect(report.consent.rows).toEqual([{ system: "Ghost", start: "0", peak: "30", end: "30", alarm: true }]);
  expect(report.trust).toEqual([{ systems: "Warehouse, Ghost", text: "4 of 4 reads each", whole: true }]);
  expect(report.figures[1]?.value).toBe("1 of 2"); // what left the active ones is younger than the allowed delay
  for (const part of [text, html, JSON.stringify(report)]) expect(part).not.toMatch(CANARY);
});

test("Slack was told, without anybody's name", () => {
  expect(slack.messages().length).toBeGreaterThan(0);
  expect(JSON.stringify(slack.messages())).not.toMatch(CANARY);
});

test("a mail server that says later: nobody is forgotten, nobody gets two", async () => {
  mail.refuse(451, 1);
  await expect(sendWeekly(app)).rejects.toThrow(
    /mail 127\.0\.0\.1:\d+: the server asked to come back later \(451\) →/,
  );
  expect(mail.mails().map((m) => m.to)).toEqual([["ben@meadow.example"]]);
  expect(await sendWeekly(app)).toMatchObject({ sent: 1, hadIt: 1 });
  expect(await sendWeekly(app)).toMatchObject({ sent: 0, hadIt: 2 });
  expect(
    mail
      .mails()
      .map((m) => m.to[0])
      .sort(),
  ).toEqual(["ana@meadow.example", "ben@meadow.example"]);
});

test("what arrived is the report, whole, and fits", async () => {
  const [received] = mail.mails();
  expect(received?.subject).toMatch(/^Meadow & Co, week \d+: 30 opted-out people can be mailed$/);
  expect(received?.text).toContain("Needs your decision");
  expect(received?.html).toContain("Suppress 30 people in Ghost?");
  expect(Buffer.byteLength(received?.html ?? "")).toBeLessThan(90_000);
  expect(received?.attachments.every((a) => a.type === "image/png" && a.bytes < 8_000)).toBe(true);
  expect(received?.attachments.length).toBeGreaterThan(1);
  expect(received?.headers["auto-submitted"]).toContain("auto-generated");
  const week = (await getReport(app.db, null))?.week;
  expect(week).toMatch(/^2026-W\d\d$/);
});

test("logs and store hold no address", async () => {
  expect(JSON.stringify(world.logs)).not.toMatch(/@meadow\.example/);
  const { rows } = await app.db.query("select recipient_hash from report_sent");
  expect(JSON.stringify(rows)).not.toContain("@");
});

test("an old week is cut where it ended; a word that is no week is refused", async () => {
  const { report } = await weeklyReport(app, "2026-W44");
  expect(report.verdict.map((p) => p.text).join("")).toContain("Nothing was read");
  await expect(weeklyReport(app, "last")).rejects.toThrow(/is not a week → write it like 2026-W48/);
});
