import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import { fastify } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { mailer } from "../../alerts/email/send.ts";
import { slackClient } from "../../alerts/slack/client.ts";
import { incidentMessage } from "../../alerts/slack/message.ts";
import type { Api } from "../../app/api/server.ts";
import { demoPages } from "../../app/demo/pages.ts";
import { type MailServer, startMail } from "../../demo/mail/server.ts";
import { type SlackServer, startSlack } from "../../demo/slack/server.ts";
import { aFinding, anIncident, facts } from "../golden/samples.ts";

const EVIL = `"><script>alert(1)</script><img src=x onerror=alert(2)>`;
let slack: SlackServer;
let mail: MailServer;
let api: Api;

beforeAll(async () => {
  slack = await startSlack();
  mail = await startMail();
  api = fastify().withTypeProvider<TypeBoxTypeProvider>();
  await demoPages(api, { slackUrl: slack.messagesUrl, mailUrl: mail.url }, "Europe/Berlin");
});
afterAll(async () => {
  await api.close();
  await slack.close();
  await mail.close();
});
const get = (url: string) => api.inject({ url });

test("empty at first, in words", async () => {
  expect((await get("/demo/slack")).body).toContain("Nothing was told yet");
  expect((await get("/demo/mail")).body).toContain("No mail yet");
});

test("the channel shows messages, edits and threads; what others wrote stays text", async () => {
  const client = slackClient({
    token: async () => slack.token,
    apiUrl: slack.apiUrl,
    wait: async () => undefined,
  });
  const f = facts({
    incident: anIncident({ finding: aFinding({ title: EVIL, moved: EVIL }) }),
    publicUrl: "http://127.0.0.1:4780",
  });
  const root = await client.post("C1", incidentMessage(f));
  await client.update(root, incidentMessage(f));
  await client.post("C1", { text: EVIL, blocks: [] }, { thread: { ts: root.ts, broadcast: false } });
  const page = await get("/demo/slack");
  expect(page.headers["content-security-policy"]).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
  expect(page.body).not.toMatch(/<script|<img/);
  expect(page.body).toContain("&lt;script&gt;");
  expect(page.body).toMatch(/edited \d\d:\d\d CET/);
  expect(page.body).toContain("1 reply");
  expect(page.body).toContain('href="/incidents/1042"');
});

test("the mailbox opens a mail in a frame that runs nothing", async () => {
  const box = mailer({
    host: "127.0.0.1",
    port: mail.smtpPort,
    secure: false,
    user: null,
    password: null,
    from: "plumbline@meadow.example",
  });
  await box.send({
    to: "ana@meadow.example",
    subject: EVIL,
    html: `<html><head></head><body><a href="http://127.0.0.1:4780/plans/88">x</a><img src="cid:bob@plumbline"></body></html>`,
    text: "twin",
    name: "w",
    images: [],
  });
  box.close();
  const list = await get("/demo/mail");
  expect(list.body).toContain('sandbox="allow-popups allow-popups-to-escape-sandbox"');
  expect(list.body).not.toMatch(/<script|<img/);
  const one = await get("/demo/mail/1");
  expect(one.headers["content-security-policy"]).toMatch(/^sandbox /);
  expect(one.body).toContain('<base target="_blank">');
  expect(one.body).toContain('href="/plans/88"');
  expect(one.body).not.toContain("cid:");
  const text = await get("/demo/mail/1/text");
  expect([text.headers["content-type"], text.body.trim()]).toEqual(["text/plain; charset=utf-8", "twin"]);
  expect((await get("/demo/mail/9")).statusCode).toBeGreaterThanOrEqual(400);
});

test("outside the demo there are no such pages", async () => {
  const plain = fastify().withTypeProvider<TypeBoxTypeProvider>();
  await demoPages(plain, null, "UTC");
  expect((await plain.inject({ url: "/demo/slack" })).statusCode).toBe(404);
  await plain.close();
});
