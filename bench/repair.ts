import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { App } from "../app/app.ts";
import { auditService } from "../app/audit/service.ts";
import { openApp } from "../app/open-app.ts";
import { repairService } from "../app/repair/repair.ts";
import { loadConfig } from "../config/load.ts";
import type { Person } from "../core/config.ts";
import { type AudienceId, audienceId, instant } from "../core/model.ts";
import type { Writer } from "../core/ports.ts";
import { openDatabase } from "../store/database.ts";
import { startEmbedded } from "../store/embedded/start.ts";
import { migrate } from "../store/migrate.ts";
import { putAudienceBase } from "../store/put-audience-base.ts";
import { ghostWriter } from "../sync/writers/ghost.ts";

/** What the journal, the lease and the guards may cost a change beyond the vendor's own time, in milliseconds. */
const FLOOR_MS = 5;

const quiet = { info: () => undefined, warn: () => undefined };
const ANA: Person = { name: "Ana", role: "editor", email: null, password: null, token: null };
const BEN: Person = { name: "Ben", role: "admin", email: null, password: null, token: null };
const mail = (i: number): string => `person${i}@example.test`;
const LABEL = "Active";

type Ghost = {
  readonly url: string;
  readonly key: string;
  readonly controlUrl: string;
  readonly process: ChildProcess;
};

async function startGhost(): Promise<Ghost> {
  const main = fileURLToPath(new URL("../demo/ghost/main.js", import.meta.url));
  const child = spawn(process.execPath, [main], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  for await (const part of child.stdout) {
    text += String(part);
    if (text.includes("\n")) break;
  }
  return { ...(JSON.parse(text) as Omit<Ghost, "process">), process: child };
}

/** A quarter each: to suppress, to take off, to add, to rename. */
async function fill(ghost: Ghost, changes: number): Promise<void> {
  const members = Array.from({ length: changes }, (_, i) => ({
    email: mail(i),
    name: i % 4 === 3 ? "old" : "plan",
    labels: i % 4 === 2 ? ["Other"] : [LABEL],
  }));
  const answer = await fetch(new URL("load", ghost.controlUrl), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify([...members, { email: "keeper@example.test", name: "plan", labels: [LABEL] }]),
  });
  if (!answer.ok) throw new Error(`the simulator was not filled: ${answer.status}`);
}

async function exports(dir: string, changes: number): Promise<void> {
  const people = Array.from({ length: changes }, (_, i) => i);
  const row = (i: number, consent: string) => `${mail(i)},plan,${consent}`;
  const head = "email,plan,consent,at\n";
  const member = people.filter((i) => i % 4 !== 1);
  const text = member.map((i) => row(i, i % 4 === 0 ? "unsubscribed,2026-11-01T00:00:00Z" : "subscribed,"));
  await writeFile(
    join(dir, "people.csv"),
    `${head}${[...text, "keeper@example.test,plan,subscribed,"].join("\n")}\n`,
  );
  const out = people.filter((i) => i % 4 === 0).map((i) => row(i, "unsubscribed,2026-11-01T00:00:00Z"));
  await writeFile(join(dir, "out.csv"), `${head}${out.join("\n")}\n`);
}

const yaml = (ghost: Ghost) => `
company: Bench
systems:
  - { id: warehouse, kind: files, folder: ., base: people.csv, columns: { email: email, consent: consent, consent_at: at }, attributes: { plan: plan } }
  - { id: ghost, kind: ghost, url: "${ghost.url}", key: "\${env:KEY}", write_key: "\${env:KEY}", attributes: { plan: name } }
attributes:
  - { name: plan, owners: [warehouse] }
audiences:
  - id: active
    purpose: marketing
    owner: warehouse
    repair: manual
    required_attributes: [plan]
    segments: [{ system: warehouse, file: people.csv }, { system: ghost, label: ${LABEL} }]
  - id: do_not_contact
    purpose: suppression
    owner: warehouse
    repair: manual
    segments: [{ system: warehouse, file: out.csv }, { system: ghost, suppressed: true }]
people:
  - { name: Ana, role: editor }
  - { name: Ben, role: admin }
safeguards: { alone_people: 1000000, alone_share: 1, refuse_people: 10000000, refuse_share: 1, refuse_small_list: 100 }
`;

/** Milliseconds by the clock; `cpu`: of this process's processor, in all of these calls together. */
type Spent = { writes: number; reads: number; bare: number; cpu: number };

const cpuMs = (since?: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1_000;
};

/** Every call goes to a twin of the vendor as well, alone and right after: the bare loop, under the same weather. */
function measured(writer: Writer, twin: Writer, spent: Spent): Writer {
  const timed = async <T>(part: "writes" | "reads" | "bare", call: () => Promise<T>): Promise<T> => {
    const began = performance.now();
    const cpu = process.cpuUsage();
    try {
      return await call();
    } finally {
      spent[part] += performance.now() - began;
      spent.cpu += cpuMs(cpu);
    }
  };
  return {
    ...writer,
    async apply(batch, source, context) {
      const outcomes = await timed("writes", () => writer.apply(batch, source, context));
      await timed("bare", () => twin.apply(batch, source, context));
      return outcomes;
    },
    async readBack(people, source, context) {
      const states = await timed("reads", () => writer.readBack(people, source, context));
      await timed("bare", () => twin.readBack(people, source, context));
      return states;
    },
  };
}

/** Applies plans of `changes` changes in all through the product: guards, journal, lease, read-backs, verification. */
export async function benchRepair(changes: number, say: (line: string) => void): Promise<boolean> {
  const dir = await mkdtemp("/var/tmp/plumbline-bench-");
  const [ghost, twinGhost] = [await startGhost(), await startGhost()];
  const embedded = await startEmbedded({ dataDir: dir, log: quiet });
  try {
    await exports(dir, changes);
    for (const g of [ghost, twinGhost]) await fill(g, changes);
    const db = await openDatabase({ url: embedded.url, applicationName: "plumbline bench" });
    await migrate(db, instant(new Date()));
    const loaded = loadConfig(yaml(ghost), { file: "bench.yaml" });
    if (!loaded.ok) throw new Error(loaded.problems.map((p) => `${p.line}: ${p.problem}`).join("\n"));
    const base = await openApp({
      config: loaded.config,
      configFolder: dir,
      dataDir: dir,
      mode: "live",
      db,
      secretBytes: new Uint8Array(randomBytes(32)),
      resolve: async () => ghost.key,
      clock: { now: () => new Date() },
      log: quiet,
    });
    const spent: Spent = { writes: 0, reads: 0, bare: 0, cpu: 0 };
    const app: App = {
      ...base,
      notify: async () => undefined,
      async writer(system) {
        const writer = await base.writer(system);
        if (writer === null || system.kind !== "ghost") return writer;
        const twin = ghostWriter({ ...system, url: twinGhost.url }, { secret: () => twinGhost.key });
        return measured(writer, twin, spent);
      },
    };
    const audit = auditService(app);
    for (let read = 0; read < 2; read++) {
      const { runId } = await audit.run("scheduled", new AbortController().signal);
      for (const a of app.config.audiences)
        await putAudienceBase(db, {
          audience: a.id,
          acceptedAt: instant(new Date()),
          acceptedBy: "bench",
          runId,
        });
    }
    let wall = 0;
    let applied = 0;
    let cpu = 0;
    for (const audience of [audienceId("do_not_contact"), audienceId("active")]) {
      const done = await repairOne(app, audience);
      wall += done.ms;
      cpu += done.cpu;
      applied += done.applied;
    }
    await db.close();
    return tell(say, { wall, cpu, applied, wanted: changes, spent });
  } finally {
    await embedded.stop();
    for (const g of [ghost, twinGhost]) {
      g.process.kill("SIGTERM");
      await once(g.process, "exit");
    }
    await rm(dir, { recursive: true, force: true });
  }
}

async function repairOne(
  app: App,
  audience: AudienceId,
): Promise<{ ms: number; cpu: number; applied: number }> {
  const repair = repairService(app);
  const plan = await repair.draft({ author: ANA, audience, incident: null, system: null });
  const seen = await repair.detail(plan.id, BEN);
  const began = performance.now();
  const used = process.cpuUsage();
  await repair.approve(plan.id, BEN, { hash: seen.hash, confirm: seen.confirmText, automations: true });
  const ended = await repair.run(plan.id, ANA, new AbortController().signal);
  const ms = performance.now() - began;
  const cpu = cpuMs(used);
  if (ended.state !== "done") throw new Error(`the plan ended ${ended.state}: ${ended.because}`);
  const counts = await app.plans.counts(plan.id);
  await repair.close();
  return { ms, cpu, applied: counts.applied };
}

type Figures = {
  readonly wall: number;
  readonly cpu: number;
  readonly applied: number;
  readonly wanted: number;
  readonly spent: Spent;
};

function tell(say: (line: string) => void, f: Figures): boolean {
  const each = (ms: number): string => (ms / f.applied).toFixed(2);
  const { writes, reads, bare } = f.spent;
  const product = f.wall - bare;
  const own = product - writes - reads;
  say(
    `${f.applied} changes applied of ${f.wanted}; ${(product / 1000).toFixed(1)} s without the twin's calls`,
  );
  say(`vendor's time: ${each(writes)} ms a change for writes, ${each(reads)} ms for reading back`);
  say(
    `the same calls in a bare loop: ${each(bare)} ms a change; the product over it: ${each(product - bare)} ms`,
  );
  const good = own / f.applied <= FLOOR_MS;
  say(
    `journal, lease and guards: ${each(own)} ms a change beyond the vendor's time (floor ${FLOOR_MS}) ${good ? "✓" : "✗"}`,
  );
  say(`of that, our own processor (the database's not counted): ${each(f.cpu - f.spent.cpu)} ms a change`);
  return good && f.applied >= f.wanted * 0.99;
}
