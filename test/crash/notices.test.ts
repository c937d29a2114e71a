import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { type MailServer, startMail } from "../../demo/mail/server.ts";
import { type SlackServer, startSlack } from "../../demo/slack/server.ts";
import { type Product, product } from "./product.ts";

const TO = ["ana@crash.example", "ben@crash.example", "cleo@crash.example"];
let slack: SlackServer;
let mail: MailServer;
let p: Product;
let kills = 0;
beforeEach(async () => {
  slack = await startSlack();
  mail = await startMail();
  p = await product(
    `routes:
  slack: { token: "\${env:SLACK}", channel: C0CRASH, api_url: ${slack.apiUrl} }
  mail: { host: 127.0.0.1, port: ${mail.smtpPort}, from: plumbline@crash.example, to: [${TO}] }`,
    { SLACK: slack.token },
  );
});
afterEach(async () => {
  await p.close();
  await slack.close();
  await mail.close();
});
afterAll(() => void process.stdout.write(`Notices: ${kills} kills\n`));

async function dies(failpoint: string, ...words: string[]): Promise<void> {
  const { signal, out, err } = await p.run(failpoint, ...words);
  expect({ failpoint, signal }, out + err).toEqual({ failpoint, signal: "SIGKILL" });
  kills += 1;
}

const incidentsAndRows = async () => {
  const { rows: incidents } = await p.database.db.query<{ id: number }>(
    "select id from incident order by id",
  );
  const { rows: waiting } = await p.database.db.query<{ id: number }>(
    "select distinct incident_id as id from outbox order by 1",
  );
  return { incidents: incidents.map((r) => r.id), waiting: waiting.map((r) => r.id) };
};

describe("kill -9 between an incident and the people who are to hear of it", () => {
  it("the change and its notice are one: both or neither", async () => {
    await dies("audit.changed", "audit");
    expect(await incidentsAndRows()).toEqual({ incidents: [], waiting: [] });
    await dies("audit.committed", "audit");
    const { incidents, waiting } = await incidentsAndRows();
    expect(incidents.length).toBeGreaterThan(0);
    expect(waiting, "every incident waits to be told").toEqual(incidents);
    expect(slack.messages()).toEqual([]);
    await p.run(null, "audit");
    expect(slack.messages().filter((m) => m.threadTs === null).length).toBeGreaterThan(0);
    expect((await incidentsAndRows()).waiting).toEqual([]);
  });

  it("one root message per incident, wherever its sender dies", async () => {
    for (const failpoint of [
      "slack.intended",
      "slack.posted",
      "slack.saved",
      "slack.posted",
      "slack.settled",
    ]) {
      const { signal } = await p.run(failpoint, "audit");
      if (signal === "SIGKILL") kills += 1;
      // Once everything is told, nothing is posted any more; the first three are always reached.
      else expect(["slack.posted", "slack.settled"]).toContain(failpoint);
    }
    await p.run(null, "audit");
    const roots = slack.messages().filter((m) => m.threadTs === null);
    const { rows } = await p.database.db.query<{ ts: string }>(
      "select distinct ts from slack_message order by ts",
    );
    expect(roots.map((m) => m.ts).sort(), "each message is one that is known").toEqual(rows.map((r) => r.ts));
    const { incidents, waiting } = await incidentsAndRows();
    expect(waiting).toEqual([]);
    const { rows: told } = await p.database.db.query<{ id: number }>(
      "select incident_id as id from slack_message order by 1",
    );
    expect(told.map((r) => r.id)).toEqual(incidents);
    expect(kills).toBeGreaterThanOrEqual(5);
  });
});

describe("kill -9 while the weekly report goes out", () => {
  it("nobody gets it twice; whoever was not being written to at that moment gets it", async () => {
    await p.run(null, "audit");
    const received = () => TO.map((to) => mail.mails().filter((m) => m.to.includes(to)).length);
    await dies("report.claimed", "report", "--send");
    expect(received()).toEqual([0, 0, 0]);
    await dies("report.sent", "report", "--send");
    expect(received()).toEqual([0, 1, 0]);
    await dies("report.kept", "report", "--send");
    expect(received()).toEqual([0, 1, 1]);
    const last = await p.run(null, "report", "--send");
    expect(received(), "the first may have had it when the process died: never two").toEqual([0, 1, 1]);
    expect(last.err, "and it is said").toMatch(/sent to 0, 3 had it already\. One of them may not have/);
  });
});
