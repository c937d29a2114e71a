import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { makeNotify, tellOf } from "../../app/alerts/notify.ts";
import type { App } from "../../app/app.ts";
import { openApp } from "../../app/open-app.ts";
import { loadConfig } from "../../config/load.ts";
import { configError } from "../../config/problem.ts";
import { resolveSecret } from "../../config/secret.ts";
import type { Config } from "../../core/config.ts";
import type { Finding, Incident, Transition } from "../../core/finding.ts";
import { audienceId, instant, runId, systemId } from "../../core/model.ts";
import { type SlackServer, startSlack } from "../../demo/slack/server.ts";
import { changeIncident } from "../../store/change-incident.ts";
import { type TestClock, testClock } from "../e2e/world.ts";
import { aFinding } from "../golden/samples.ts";
import { testDatabase } from "../setup/database.ts";

const yaml = (slack: string) => `
company: Meadow & Co
timezone: Europe/Berlin
server: { public_url: https://plumbline.example.com }
systems:
  - { id: crm, title: CRM, kind: files, folder: ./crm, columns: { email: email } }
  - { id: shop, title: Shop, kind: files, folder: ./shop, sends: true, columns: { email: email } }
audiences:
  - id: active
    title: Active customers
    purpose: marketing
    owner: crm
    segments: [{ system: crm, file: active.csv }, { system: shop, file: active.csv }]
routes:
  slack: { token: "\${env:SLACK_TOKEN}", channel: C0ALERTS, api_url: ${slack} }
`;

export type Logged = { readonly event: string; readonly fields: Readonly<Record<string, unknown>> };

export type AlertWorld = {
  readonly base: Omit<App, "notify">;
  readonly slack: SlackServer;
  readonly clock: TestClock;
  readonly logs: Logged[];
  /** What the audit does: stores the transitions, then tells. */
  audit(
    transitions: readonly Transition[],
    notify?: App["notify"],
    config?: Config,
  ): Promise<readonly Incident[]>;
  /** What a person does on the incident's page. */
  person(incident: Incident, action: "take" | "snooze" | "resolve"): Promise<Incident>;
  /** Root messages, oldest first. */
  roots(): ReturnType<SlackServer["messages"]>;
  close(): Promise<void>;
};

/** Store, fake Slack and the alerts between them; no audit needed. `finding()` makes findings of its configuration. */
export async function alertWorld(token = "xoxb-demo-token"): Promise<AlertWorld> {
  const clock = testClock("2026-11-24T06:00:00Z");
  const slack = await startSlack({ clock });
  const database = await testDatabase();
  const dir = await mkdtemp("/var/tmp/plumbline-alerts-");
  const loaded = loadConfig(yaml(slack.apiUrl), { file: "test.yaml" });
  if (!loaded.ok) throw configError(loaded.problems);
  const logs: Logged[] = [];
  const write = (event: string, fields = {}) => void logs.push({ event, fields });
  const source = {
    env: { SLACK_TOKEN: token },
    folder: dir,
    places: loaded.places,
    readFile: async () => "",
  };
  const base = await openApp({
    config: loaded.config,
    configFolder: dir,
    dataDir: dir,
    mode: "live",
    db: database.db,
    secretBytes: new Uint8Array(randomBytes(32)),
    resolve: (ref) => resolveSecret(ref, source),
    clock,
    log: { info: write, warn: write },
  });
  const usual = makeNotify(base);
  let runs = 0;
  return {
    base,
    slack,
    clock,
    logs,
    async audit(transitions, notify = usual, config = base.config) {
      const at = instant(clock.now());
      const id = runId(`r-${++runs}`);
      await base.audits.startRun(id, "audit", "scheduled", at);
      const incidents = await base.audits.applyTransitions(transitions, id, at, tellOf(config));
      await notify(incidents);
      return incidents;
    },
    async person(incident, action) {
      const until = action === "snooze" ? instant(new Date(clock.now().getTime() + 86_400_000)) : null;
      const changed = await changeIncident(
        base.db,
        {
          id: incident.id,
          action,
          version: incident.version,
          actor: "Ana",
          at: instant(clock.now()),
          until,
          note: "call ana@example.com",
        },
        tellOf(base.config),
      );
      await usual([changed]);
      return changed;
    },
    roots: () => slack.messages().filter((m) => m.threadTs === null),
    async close() {
      await slack.close();
      await database.drop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

export const finding = (subject: string, over: Partial<Finding> = {}): Finding =>
  aFinding({
    audience: audienceId("active"),
    system: systemId("shop"),
    subject,
    title: `Active customers is too large in Shop (${subject})`,
    ...over,
  });

export const opening = (subject: string, over: Partial<Finding> = {}): Transition => ({
  kind: "open",
  fingerprint: `size_anomaly|active|shop|${subject}`,
  finding: finding(subject, over),
});

/** First line of a message. */
export const headerOf = (m: { readonly blocks: readonly unknown[] } | undefined): string =>
  (m?.blocks[0] as { text?: { text?: string } } | undefined)?.text?.text ?? "";
