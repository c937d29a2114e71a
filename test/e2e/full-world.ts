import { mkdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { makeNotify } from "../../app/alerts/notify.ts";
import { type Api, buildServer } from "../../app/api/server.ts";
import type { App } from "../../app/app.ts";
import type { AuditSummary } from "../../app/audit/run-audit.ts";
import { runCli } from "../../app/cli/run.ts";
import { demoPages } from "../../app/demo/pages.ts";
import { makeLogger } from "../../app/log.ts";
import { ghostCollector } from "../../collectors/ghost.ts";
import { startGhostSim } from "../../demo/ghost/server.ts";
import { type MailServer, startMail } from "../../demo/mail/server.ts";
import { type SlackServer, startSlack } from "../../demo/slack/server.ts";
import { asAdmin } from "../setup/database.ts";
import { type Gate, makeGate } from "./gate.ts";
import { makeWorldWith, type SimWorld, testClock } from "./world.ts";

/** Slower than any answer on loopback, even on a busy machine, and shorter than a person's patience. */
const TIMEOUT_MS = 1_500;
const DAY = 86_400_000;

/** With a password, as in real life: the tests' own connection is not part of what is tested. */
const READER = "reader";
const PASSWORD = "right-password";
const SECRET = "a secret that is long enough to be taken";

type CliResult = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** The whole product in this process: three systems, Slack, mail, API and command line. Nobody has to sign in. */
export type FullWorld = SimWorld & {
  readonly api: Api;
  readonly slack: SlackServer;
  readonly mail: MailServer;
  readonly gate: Gate;
  /** Folder of the CRM's exports. */
  readonly crm: string;
  /** Every path that was asked of our API. */
  readonly asked: string[];
  /** What the server logged, as lines of JSON. */
  readonly lines: readonly string[];
  /** Ghost is read with short time limits and without pauses between tries; false: exactly as in production. */
  hurry: boolean;
  /** Writes one export, as old as the world's clock. */
  exportFile(name: string, content: string | Buffer): Promise<void>;
  /** The usual exports of the people who are in the warehouse. */
  exportAll(): Promise<void>;
  /** A day later, with fresh exports: one scheduled audit. */
  audit(): Promise<AuditSummary>;
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body?: object): Promise<T>;
  cli(...argv: readonly string[]): Promise<CliResult>;
  /** With other environment variables on top of the usual ones. */
  cliIn(env: Readonly<Record<string, string>>, ...argv: readonly string[]): Promise<CliResult>;
};

type FullOptions = {
  readonly people: number;
  readonly yaml?: (text: string) => string;
  readonly start?: string;
};

const THIRD = `  - id: crm
    title: CRM
    kind: files
    folder: ./crm
    base: people.csv
    columns: { email: email, consent: consent, consent_at: consent_at }
    attributes: { name: name }
attributes:`;

const MORE_AUDIENCES = `      - system: crm
        file: active.csv
  - id: vip
    title: Best customers
    purpose: marketing
    owner: warehouse
    repair: manual
    segments:
      - system: warehouse
        sql: select email from vip
      - system: ghost
        label: VIP
`;

export async function makeFullWorld(o: FullOptions): Promise<FullWorld> {
  const clock = testClock(o.start ?? new Date(Date.now() - 90 * DAY).toISOString());
  const [slack, mail, ghost] = await Promise.all([
    startSlack({ clock }),
    startMail({ clock }),
    startGhostSim({ port: 0, clock }),
  ]);
  const gate = await makeGate(ghost.url);
  const people = Array.from({ length: o.people }, (_, i) => ({
    email: `person${i + 1}@example.test`,
    name: `Person ${i + 1}`,
    labels: i < 10 ? ["Active", "VIP"] : ["Active"],
  }));
  ghost.control.load(people);
  const pace = { hurry: true };
  const routes = `routes:
  slack: { token: "\${env:SLACK_TOKEN}", channel: C0ALERTS, api_url: ${slack.apiUrl} }
  mail: { host: 127.0.0.1, port: ${mail.smtpPort}, from: plumbline@example.test, to: [team@example.test] }
`;
  const world = await makeWorldWith({ url: gate.url, key: ghost.key }, clock, {
    people: o.people,
    secret: SECRET,
    env: { SLACK_TOKEN: slack.token },
    yaml: (text) => {
      const full =
        text.replace("\nattributes:", `\n${THIRD}`).replace(/people:[\s\S]*$/, MORE_AUDIENCES) + routes;
      return o.yaml?.(full) ?? full;
    },
    adapt: (app) => ({ ...app, notify: makeNotify(app), collector: collectorsOf(app, pace) }),
  });
  await world.warehouse.query(
    "create table vip_table as select email from person order by length(email), email limit 10; create view vip as select email from vip_table",
  );
  await login(world);
  const lines: string[] = [];
  const logger = makeLogger("trace", { write: (line) => void lines.push(line) });
  const api = await buildServer(world.services, {
    logger,
    publicDir: null,
    port: () => 4780,
    extra: (server) => demoPages(server, { slackUrl: slack.messagesUrl, mailUrl: mail.url }, "Europe/Berlin"),
  });
  const asked: string[] = [];
  api.addHook("onRequest", async (request) => void asked.push(request.url));
  const crm = join(world.dir, "crm");
  await mkdir(crm);
  await writeFile(join(world.dir, "plumbline.yaml"), world.yaml);

  const full: FullWorld = {
    ...world,
    ghost,
    api,
    slack,
    mail,
    gate,
    crm,
    asked,
    lines,
    get hurry() {
      return pace.hurry;
    },
    set hurry(on) {
      pace.hurry = on;
    },
    async exportFile(name, content) {
      await writeFile(join(crm, name), content);
      await utimes(join(crm, name), clock.now(), clock.now());
    },
    async exportAll() {
      const { rows } = await world.warehouse.query<{
        email: string;
        name: string;
        consent: string;
        consent_at: Date | null;
        active: boolean;
      }>("select * from person");
      const csv = (list: typeof rows) =>
        [
          "email,name,consent,consent_at",
          ...list.map((r) =>
            [r.email, r.name, r.consent, r.consent_at?.toISOString() ?? ""].map(quoted).join(","),
          ),
        ]
          .join("\n")
          .concat("\n");
      await full.exportFile("people.csv", csv(rows));
      await full.exportFile("active.csv", csv(rows.filter((r) => r.active)));
    },
    async audit() {
      clock.add(DAY);
      return world.services.audit.run("scheduled", new AbortController().signal);
    },
    get: async (path) => (await ask(api, { url: path })).json(),
    post: async (path, body = {}) => (await ask(api, { method: "POST", url: path, payload: body })).json(),
    cli: (...argv) => cli(full, {}, argv),
    cliIn: (env, ...argv) => cli(full, env, argv),
    async close() {
      await api.close();
      await world.close();
      await Promise.all([gate.close(), ghost.close(), slack.close(), mail.close()]);
      await asAdmin(world.database.adminUrl, `drop role ${roleOf(world)}`);
    },
  };
  await full.exportAll();
  return full;
}

const quoted = (value: string): string =>
  /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
const roleOf = (world: Pick<SimWorld, "env">): string =>
  `${READER}_${new URL(world.env.WAREHOUSE ?? "").pathname.slice(1)}`;

/** From here on the product reads the warehouse as a role with a password, which a test can then get wrong. */
async function login(world: Pick<SimWorld, "env" | "database" | "warehouse">): Promise<void> {
  const role = roleOf(world);
  await asAdmin(world.database.adminUrl, `create role ${role} login password '${PASSWORD}'`);
  await world.warehouse.query(`grant pg_read_all_data to ${role}`);
  const url = new URL(world.env.WAREHOUSE ?? "");
  url.username = role;
  url.password = PASSWORD;
  world.env.WAREHOUSE = url.href;
}

/** The real connectors; only Ghost's waits are shortened, since a system that hangs is waited for for minutes. */
function collectorsOf(app: App, pace: { hurry: boolean }): App["collector"] {
  return async (system) => {
    const key = system.kind === "ghost" && pace.hurry ? await app.secret(system.key).catch(() => null) : null;
    if (system.kind !== "ghost" || key === null) return app.collector(system);
    return ghostCollector(system, {
      secret: () => key,
      sleep: async () => undefined,
      http: { timeoutMs: TIMEOUT_MS, attempts: 2 },
    });
  };
}

const HOST = { host: "127.0.0.1:4780" };

async function ask(api: Api, request: { url: string; method?: "POST"; payload?: object }) {
  const headers =
    request.method === undefined ? HOST : { ...HOST, origin: "http://127.0.0.1:4780", "x-plumbline": "1" };
  const answer = await api.inject({ ...request, headers });
  if (answer.statusCode >= 400)
    throw new Error(`${request.method ?? "GET"} ${request.url}: ${answer.statusCode} ${answer.body}`);
  return answer;
}

/** Every page's data, of everything there is; fails when one of them does not answer. */
export async function everyAnswer(world: FullWorld): Promise<Map<string, string>> {
  const plain = [
    "status",
    "overview",
    "audiences",
    "incidents?state=all",
    "incidents?severity=act&limit=5",
    "plans",
    "runs",
    "systems",
  ].map((p) => `/api/v1/${p}`);
  const { incidents } = await world.get<{ incidents: { id: number }[] }>("/api/v1/incidents?state=all");
  const { plans } = await world.get<{ plans: { id: number }[] }>("/api/v1/plans");
  const paths = [
    ...plain,
    ...world.app.config.audiences.map((a) => `/api/v1/audiences/${a.id}?days=28`),
    ...incidents.map((i) => `/api/v1/incidents/${i.id}`),
    ...plans.map((p) => `/api/v1/plans/${p.id}`),
    "/healthz",
    "/readyz",
    "/metrics",
    "/docs",
  ];
  const answers = new Map<string, string>();
  for (const path of paths) answers.set(path, (await ask(world.api, { url: path })).body);
  return answers;
}

/** What a command's surroundings are, for one that runs in a process of its own. */
export const envOf = (world: FullWorld): Record<string, string> => ({
  ...world.env,
  DATABASE_URL: world.database.url,
  PLUMBLINE_DATA: world.dir,
  PLUMBLINE_CONFIG: "plumbline.yaml",
  PLUMBLINE_SECRET: SECRET,
});

async function cli(
  world: FullWorld,
  env: Readonly<Record<string, string>>,
  argv: readonly string[],
): Promise<CliResult> {
  const out: string[] = [];
  const err: string[] = [];
  const into = (list: string[]) =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        list.push(chunk.toString());
        done();
      },
    });
  const code = await runCli(argv, {
    stdin: () => Readable.from([]),
    stdout: into(out),
    stderr: into(err),
    cwd: world.dir,
    isTTY: false,
    signal: new AbortController().signal,
    env: { ...envOf(world), ...env },
  });
  return { code, stdout: out.join(""), stderr: err.join("") };
}
