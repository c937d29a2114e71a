/** A database server, a Ghost and a `plumbline serve`, each a process of its own, so that each can be taken away. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { GhostEntry } from "../../demo/ghost/journal.ts";
import { type Database, openDatabase } from "../../store/database.ts";
import { findPostmaster, isAlive } from "../../store/embedded/postmaster.ts";
import { type Embedded, startEmbedded } from "../../store/embedded/start.ts";
import { type Child, eventually, MAIN, processesOf, sleep, start } from "../e2e/processes.ts";
import { mailOf } from "../property/sync-world.ts";

const silent = { info: () => undefined, warn: () => undefined };
export const LABEL = "active";
/** What no log may hold: a rejection that nobody heard, or an error that is not one of ours. */
const UNFORESEEN = /unhandled|uncaught|internal error|TypeError|RangeError|at file:|node:internal/i;

export type OwnServer = {
  readonly url: string;
  readonly adminUrl: string;
  readonly dir: string;
  /** Immediate stop: as after a power cut, nothing is said to clients. */
  stopNow(): Promise<void>;
  startAgain(): Promise<void>;
  pid(): Promise<number | null>;
  close(): Promise<void>;
};

/** Commits reach the file before they are answered, as in production; the disk under it is not ours to test. */
const SETTINGS = { fsync: "off", shared_buffers: "32MB" };

export async function ownServer(parent = "/var/tmp", settings: Readonly<Record<string, string>> = {}) {
  const dir = await mkdtemp(`${parent}/plumbline-faults-`);
  await chmod(dir, 0o711); // the database runs under an account of its own
  const began: Embedded[] = [];
  const begin = async () => {
    const server = await startEmbedded({ dataDir: dir, log: silent, settings: { ...SETTINGS, ...settings } });
    began.push(server);
    return server;
  };
  // one role, as many a database has: what the lesser one may do is tested elsewhere
  const { migrateUrl: url, adminUrl } = await begin();
  const pid = async () => (await findPostmaster(join(dir, "postgres", "cluster")))?.pid ?? null;
  const self: OwnServer = {
    url,
    adminUrl,
    dir,
    pid,
    async stopNow() {
      const running = await pid();
      if (running === null) return;
      process.kill(running, "SIGQUIT");
      await eventually(
        () => isAlive(running),
        (alive) => !alive,
      );
    },
    async startAgain() {
      await begin();
    },
    async close() {
      for (const server of began) await server.stop();
      await self.stopNow();
      await eventually(
        () => processesOf(dir),
        (left) => left.length === 0,
      );
      await rm(dir, { recursive: true, force: true });
    },
  };
  return self;
}

export type GhostProcess = {
  readonly url: string;
  readonly key: string;
  control(method: string, path: string, body?: unknown): Promise<string>;
  journal(): Promise<GhostEntry[]>;
  close(): Promise<void>;
};

export async function ghostProcess(): Promise<GhostProcess> {
  const main = fileURLToPath(new URL("../../dist/demo/ghost/main.js", import.meta.url));
  if (!existsSync(main)) throw new Error("this test runs built code: npm run build");
  const child: ChildProcess = spawn(process.execPath, [main], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  for await (const part of child.stdout ?? []) {
    text += String(part);
    if (text.includes("\n")) break;
  }
  const told = JSON.parse(text) as { url: string; key: string; controlUrl: string };
  const control = async (method: string, path: string, body?: unknown): Promise<string> => {
    const answer = await fetch(new URL(path, told.controlUrl), {
      method,
      headers: { "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}`);
    return answer.text();
  };
  return {
    ...told,
    control,
    journal: async () =>
      (await control("GET", "journal"))
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as GhostEntry),
    async close() {
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}

export type Served = {
  readonly child: Child;
  readonly url: string;
  status(path: string): Promise<number>;
  call(
    method: string,
    path: string,
    body?: object,
  ): Promise<{ status: number; body: Record<string, unknown> }>;
  /** Ctrl-C; throws when it did not end in order or its log holds something unforeseen. */
  end(): Promise<void>;
};

export type Setting = {
  /** null: serve starts its own. */
  readonly databaseUrl: string | null;
  readonly dataDir: string;
  /** null: the file in the data folder. */
  readonly secret: string | null;
  readonly ghost: GhostProcess;
  readonly slackUrl?: string;
  readonly leaseSeconds?: number;
  /** Opted-out people at the owner, the first of `mailOf`. */
  readonly optedOut?: number;
  readonly cadence?: string;
};

export const newSecret = (): string => randomBytes(32).toString("hex");

const yaml = (s: Setting) => `company: Faults
systems:
  - { id: warehouse, title: Warehouse, kind: files, folder: ./crm, base: people.csv, columns: { email: email, consent: consent, consent_at: at }, attributes: { plan: plan } }
  - { id: ghost, title: Ghost, kind: ghost, url: "${s.ghost.url}", key: "\${env:GHOST_KEY}", write_key: "\${env:GHOST_KEY}", attributes: { plan: name }, sends: true }
attributes:
  - { name: plan, owners: [warehouse] }
audiences:
  - id: active_customers
    purpose: marketing
    owner: warehouse
    repair: manual
    cadence: "${s.cadence ?? "0 6 * * *"}"
    required_attributes: [plan]
    segments: [{ system: warehouse, file: people.csv }, { system: ghost, label: ${LABEL} }]
  - id: do_not_contact
    purpose: suppression
    owner: warehouse
    repair: manual
    cadence: "${s.cadence ?? "0 6 * * *"}"
    segments: [{ system: warehouse, file: out.csv }, { system: ghost, suppressed: true }]
safeguards: { alone_people: 1000000, alone_share: 1, refuse_people: 10000000, refuse_share: 1, refuse_small_list: 100, lease_seconds: ${s.leaseSeconds ?? 5} }
${s.slackUrl === undefined ? "" : `routes: { slack: { token: "\${env:SLACK_TOKEN}", channel: C0ALERTS, api_url: "${s.slackUrl}" } }`}
`;

/** The owner's exports and the configuration, beside the data folder. */
export async function writeSetting(s: Setting, people = 100): Promise<string> {
  const crm = join(s.dataDir, "crm");
  await mkdir(crm, { recursive: true });
  const line = (i: number) =>
    `${mailOf(i)},free,${i < (s.optedOut ?? 0) ? "unsubscribed,2026-11-01T00:00:00Z" : "subscribed,"}`;
  const rows = Array.from({ length: people }, (_, i) => line(i));
  await writeFile(join(crm, "people.csv"), `email,plan,consent,at\n${rows.join("\n")}\n`);
  await writeFile(
    join(crm, "out.csv"),
    `email,plan,consent,at\n${rows.slice(0, s.optedOut ?? 0).join("\n")}\n`,
  );
  const file = join(s.dataDir, "plumbline.yaml");
  await writeFile(file, yaml(s));
  return file;
}

export async function serve(s: Setting, configPath: string): Promise<Served> {
  if (!existsSync(MAIN)) throw new Error("this test runs built code: npm run build");
  const child = start(["serve", "--port", "0", "--json"], {
    PLUMBLINE_CONFIG: configPath,
    PLUMBLINE_DATA: join(s.dataDir, "data"),
    PLUMBLINE_SECRET: s.secret ?? undefined,
    DATABASE_URL: s.databaseUrl ?? undefined,
    GHOST_KEY: s.ghost.key,
    SLACK_TOKEN: "xoxb-demo-token",
  });
  const url = String((await child.said("listening")).url);
  const served: Served = {
    child,
    url,
    status: async (path) => {
      const answer = await fetch(new URL(path, url), { signal: AbortSignal.timeout(10_000) });
      await answer.arrayBuffer();
      return answer.status;
    },
    async call(method, path, body) {
      const answer = await fetch(new URL(path, url), {
        method,
        headers: {
          "x-plumbline": "1",
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    },
    async end() {
      if (child.process.exitCode !== null || child.process.signalCode !== null)
        throw new Error(`serve died: ${child.err().slice(-2_000)}`);
      child.signalGroup("SIGINT");
      const [code] = await child.ended;
      const log = logOf(child);
      const unforeseen = log.filter((l) => UNFORESEEN.test(l));
      if (code !== 0 || unforeseen.length > 0)
        throw new Error(`serve ended with ${code}; its log: ${unforeseen.slice(0, 5).join("\n")}`);
    },
  };
  return served;
}

/** Its log, without the two sentences that are for people at the terminal. */
export const logOf = (child: Child): string[] =>
  child
    .err()
    .split("\n")
    .filter((l) => l.startsWith("{"));

/** Watches from outside, as a load balancer does. */
export function probe(served: Served) {
  const seen = { alive: 0, dead: 0, ready: 0, notReady: 0 };
  let on = true;
  const loop = (async () => {
    while (on) {
      const healthy = await served.status("/healthz").catch(() => 0);
      if (healthy === 200) seen.alive += 1;
      else seen.dead += 1;
      const ready = await served.status("/readyz").catch(() => 0);
      if (ready === 200) seen.ready += 1;
      else seen.notReady += 1;
      await sleep(100);
    }
  })();
  return {
    seen,
    async end() {
      on = false;
      await loop;
      return seen;
    },
  };
}

/** @throws when it is not ready within so long */
export async function readyWithin(served: Served, ms: number): Promise<number> {
  const began = performance.now();
  await eventually(
    () => served.status("/readyz").catch(() => 0),
    (status) => status === 200,
    ms,
  );
  return performance.now() - began;
}

/** A small disk of its own; null where this account may not mount one. */
export async function smallDisk(megabytes: number): Promise<{ path: string; close(): Promise<void> } | null> {
  const path = await mkdtemp("/var/tmp/plumbline-disk-");
  const mounted =
    spawnSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m,mode=711`, "tmpfs", path]).status === 0;
  const close = async () => {
    if (mounted) spawnSync("umount", ["-l", path]);
    await rm(path, { recursive: true, force: true });
  };
  if (mounted) return { path, close };
  await close();
  return null;
}

/** Our own look at the database, which is away now and then. */
export async function lookAt<T>(server: OwnServer, work: (db: Database) => Promise<T>): Promise<T> {
  const db = await openDatabase({ url: server.url, applicationName: "faults test", connections: 2 });
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}
