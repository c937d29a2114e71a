import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeLogger } from "../../app/log.ts";
import { openRuntime } from "../../app/runtime.ts";
import type { Change } from "../../core/repair.ts";
import { listAuditLog } from "../../store/list-audit-log.ts";
import { planStore } from "../../store/plan-store.ts";
import { verifyHash } from "../../sync/hash.ts";
import { type Child, start } from "../e2e/processes.ts";
import { mailOf } from "../property/sync-world.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { type CrashVendor, ghostVendor } from "./vendors.ts";

/** The program as it is installed, between exports of a CRM and the Ghost simulator; nobody has to sign in. */
export type Product = {
  readonly database: TestDatabase;
  readonly ghost: CrashVendor;
  /** A command, killed at that point (`null`: not at all); answers how it ended. */
  run(
    failpoint: string | null,
    ...words: string[]
  ): Promise<{ signal: string | null; out: string; err: string }>;
  /** Scheduled reads, in this process: those of a command do not count as seen twice. */
  audit(times: number): Promise<void>;
  /** `plumbline serve` that dies at that point; answers where it is. */
  serve(failpoint: string | null): Promise<Serve>;
  /** Every plan that the database holds, and whether it is whole. */
  plans(): Promise<readonly { id: number; state: string; ops: readonly Change["op"][]; whole: boolean }[]>;
  /** What the audit log says of one object, oldest first. */
  log(object: string): Promise<readonly string[]>;
  close(): Promise<void>;
};

export type Serve = {
  readonly child: Child;
  readonly since: number;
  get<T>(path: string): Promise<T>;
  /** null: it died before it answered. */
  post(path: string, body: object): Promise<{ status: number; body: Record<string, unknown> } | null>;
  /** Waits for the end; `SIGKILL` when it met its failpoint. */
  end(): Promise<string | null>;
};

const PEOPLE = 60;
export const OPTED_OUT = [0, 1];
export const RENAMED = [2, 3];

const yaml = (ghost: string, routes: string) => `
company: Crash & Co
timezone: Europe/Berlin
systems:
  - id: crm
    title: CRM
    kind: files
    folder: ./crm
    base: people.csv
    columns: { email: email, consent: consent, consent_at: consent_at }
    attributes: { name: name }
  - id: ghost
    title: Ghost
    kind: ghost
    url: ${ghost}
    key: \${env:GHOST_KEY}
    write_key: \${env:GHOST_KEY}
    attributes: { name: name }
attributes:
  - { name: name, title: Name, owners: [crm], merge: owner_wins }
audiences:
  - id: do_not_contact
    title: Do not contact
    purpose: suppression
    owner: crm
    repair: manual
    segments: [{ system: crm, file: out.csv }, { system: ghost, suppressed: true }]
  - id: active
    title: Active customers
    purpose: marketing
    owner: crm
    repair: manual
    required_attributes: [name]
    segments: [{ system: crm, file: active.csv }, { system: ghost, label: Active }]
safeguards: { lease_seconds: 5 }
${routes}
`;

const csv = (rows: readonly number[]): string =>
  `email,name,consent,consent_at\n${rows
    .map((i) =>
      OPTED_OUT.includes(i)
        ? `${mailOf(i)},Person ${i},unsubscribed,2026-11-03T00:00:00Z`
        : `${mailOf(i)},Person ${i},subscribed,`,
    )
    .join("\n")}\n`;

export async function product(routes = "", env: Readonly<Record<string, string>> = {}): Promise<Product> {
  const ghost = await ghostVendor();
  const database = await testDatabase();
  const dir = await mkdtemp("/var/tmp/plumbline-crash-");
  const all = Array.from({ length: PEOPLE }, (_, i) => i);
  await ghost.load(
    "Active",
    all.map((i) => ({
      i,
      rec: {
        inSegment: true,
        consent: "subscribed" as const,
        mailable: true,
        plan: RENAMED.includes(i) ? "Somebody else" : `Person ${i}`,
      },
    })),
  );
  await mkdir(join(dir, "crm"));
  for (const [name, rows] of [
    ["people", all],
    ["out", OPTED_OUT],
    ["active", all.filter((i) => !OPTED_OUT.includes(i))],
  ] as const)
    await writeFile(join(dir, "crm", `${name}.csv`), csv(rows));
  if (ghost.system.kind !== "ghost") throw new Error("not Ghost");
  await writeFile(join(dir, "plumbline.yaml"), yaml(ghost.system.url, routes));
  const usual = {
    DATABASE_URL: database.url,
    PLUMBLINE_CONFIG: join(dir, "plumbline.yaml"),
    PLUMBLINE_DATA: join(dir, "data"),
    PLUMBLINE_SECRET: "a secret that is long enough to be taken",
    GHOST_KEY: ghost.key,
    ...env,
  };
  const at = (failpoint: string | null) => ({
    ...usual,
    ...(failpoint === null ? {} : { PLUMBLINE_FAILPOINT: failpoint }),
  });
  const children: Child[] = [];
  const begin = (failpoint: string | null, words: readonly string[]): Child => {
    const child = start(words, at(failpoint));
    children.push(child);
    return child;
  };
  return {
    database,
    ghost,
    async run(failpoint, ...words) {
      const child = begin(failpoint, words);
      const [, signal] = await child.ended;
      return { signal, out: child.out(), err: child.err() };
    },
    async audit(times) {
      const runtime = await openRuntime({
        role: "command",
        configPath: null,
        demo: { size: "500", seed: 1 },
        io: { env: usual, cwd: dir, stderr: process.stderr },
        logger: makeLogger("silent"),
      });
      for (let i = 0; i < times; i += 1)
        await runtime.services.audit.run("scheduled", new AbortController().signal);
      await runtime.close();
    },
    async serve(failpoint) {
      const child = begin(failpoint, ["serve", "--port", "0", "--json"]);
      const url = String((await child.said("listening")).url);
      return { child, since: Date.now(), ...client(url), end: async () => (await child.ended)[1] };
    },
    async plans() {
      const store = planStore(database.db);
      const { rows } = await database.db.query<{ id: number }>("select id from plan order by id");
      return Promise.all(
        rows.map(async ({ id }) => {
          const plan = await store.get(id);
          if (plan === null) throw new Error("a plan that is there cannot be read");
          return {
            id,
            state: plan.state,
            ops: plan.doc.changes.map((c) => c.op),
            whole: verifyHash(plan) && plan.doc.changes.length > 0,
          };
        }),
      );
    },
    async log(object) {
      const newestFirst = await listAuditLog(database.db, { object, limit: 100 });
      return newestFirst.map((e) => e.action).toReversed();
    },
    async close() {
      for (const child of children) {
        if (child.process.exitCode === null && child.process.signalCode === null)
          child.process.kill("SIGKILL");
        await child.ended;
      }
      await ghost.close();
      await database.drop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function client(url: string): Pick<Serve, "get" | "post"> {
  return {
    async get<T>(path: string) {
      const answer = await fetch(new URL(`/api/v1${path}`, url));
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
      return (await answer.json()) as T;
    },
    async post(path, body) {
      try {
        const answer = await fetch(new URL(`/api/v1${path}`, url), {
          method: "POST",
          headers: { "content-type": "application/json", "x-plumbline": "1", origin: url.replace(/\/$/, "") },
          body: JSON.stringify(body),
        });
        return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
      } catch (error) {
        if (error instanceof TypeError) return null;
        throw error;
      }
    },
  };
}
