import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type pg from "pg";
import type { App } from "../../app/app.ts";
import { auditService } from "../../app/audit/service.ts";
import { openApp } from "../../app/open-app.ts";
import { repairService } from "../../app/repair/repair.ts";
import { hasWriteAccess } from "../../app/repair/writes.ts";
import type { Services } from "../../app/services.ts";
import { loadConfig } from "../../config/load.ts";
import { configError } from "../../config/problem.ts";
import { resolveSecret } from "../../config/secret.ts";
import type { Clock } from "../../core/clock.ts";
import type { Person } from "../../core/config.ts";
import { instant } from "../../core/model.ts";
import type { Log } from "../../core/ports.ts";
import { type GhostSim, startGhostSim } from "../../demo/ghost/server.ts";
import { putWriteSwitch } from "../../store/put-write-switch.ts";
import { asAdmin, type TestDatabase, type TestRole, testDatabase, testPool } from "../setup/database.ts";

/** A clock that tests move by hand. */
export type TestClock = Clock & { set(at: string | Date): void; add(ms: number): void };

export function testClock(start: string): TestClock {
  let at = new Date(start).getTime();
  return {
    now: () => new Date(at),
    set: (t) => {
      at = new Date(t).getTime();
    },
    add: (ms) => {
      at += ms;
    },
  };
}

export type LogLine = { readonly event: string; readonly fields: Readonly<Record<string, unknown>> };

export type World = {
  readonly app: App;
  readonly services: Services;
  readonly database: TestDatabase;
  readonly dir: string;
  readonly clock: TestClock;
  /** The warehouse: a database of its own. */
  readonly warehouse: pg.Pool;
  readonly logs: LogLine[];
  /** The configuration as written, for what reads it from a file. */
  readonly yaml: string;
  /** Values of its `${env:…}`; read at every use, so a test may change or take away one. */
  readonly env: Record<string, string>;
  close(): Promise<void>;
};

export const ANA: Person = { name: "Ana", role: "editor", email: null, password: null, token: null };
export const BEN: Person = { name: "Ben", role: "admin", email: null, password: null, token: null };

const YAML = `
company: Meadow & Co
timezone: Europe/Berlin
systems:
  - id: warehouse
    title: Warehouse
    kind: postgres
    dsn: \${env:WAREHOUSE}
    base: select email, name, consent, consent_at from person
    attributes: { name: name }
  - id: ghost
    title: Ghost
    kind: ghost
    url: GHOST_URL
    key: \${env:GHOST_KEY}
    write_key: \${env:GHOST_KEY}
    attributes: { name: name }
attributes:
  - name: name
    title: Name
    owners: [warehouse]
audiences:
  - id: do_not_contact
    title: Do not contact
    purpose: suppression
    owner: warehouse
    repair: manual
    segments:
      - system: warehouse
        sql: select email, 'unsubscribed' as consent, consent_at from person where consent = 'unsubscribed'
      - system: ghost
        suppressed: true
  - id: active
    title: Active customers
    purpose: marketing
    owner: warehouse
    repair: manual
    required_attributes: [name]
    segments:
      - system: warehouse
        sql: select email, name, consent, consent_at from person where active
      - system: ghost
        label: Active
people:
  - { name: Ana, role: editor }
  - { name: Ben, role: admin }
`;

export type WorldOptions = {
  people: number;
  start?: string;
  yaml?: (text: string) => string;
  notify?: App["notify"];
  /** More of `${env:…}`. */
  env?: Readonly<Record<string, string>>;
  /** As after the installation: no admin has switched writing on anywhere. */
  writesOff?: true;
  /** What PLUMBLINE_SECRET would hold; default: random. */
  secret?: string;
  /** `lesser`: the product runs as a role that owns nothing. */
  role?: TestRole;
  /** Puts other parts in: what notifies, what reads. */
  adapt?: (app: App) => App;
};
export type SimWorld = World & { readonly ghost: GhostSim };

/** A warehouse in real Postgres and the Ghost simulator over HTTP, in agreement, under one App. */
export async function makeWorld(o: WorldOptions): Promise<SimWorld> {
  const clock = testClock(o.start ?? "2026-11-02T06:00:00Z");
  const ghost = await startGhostSim({ port: 0, clock });
  ghost.control.load(
    Array.from({ length: o.people }, (_, i) => ({
      email: `person${i + 1}@example.test`,
      name: `Person ${i + 1}`,
      labels: ["Active"],
    })),
  );
  const world = await makeWorldWith(ghost, clock, { ...o, adapt: (app) => atOnce(o.adapt?.(app) ?? app) });
  return {
    ...world,
    ghost,
    close: async () => {
      await world.close();
      await ghost.close();
    },
  };
}

/** The same with any Ghost, which the caller fills and ends. */
export async function makeWorldWith(
  ghost: { readonly url: string; readonly key: string },
  clock: TestClock,
  o: WorldOptions,
): Promise<World> {
  const database = await testDatabase("embedded", false, o.role);
  const dir = await mkdtemp("/var/tmp/plumbline-e2e-");
  const name = `w_${randomBytes(6).toString("hex")}`;
  await asAdmin(database.adminUrl, `create database ${name}`);
  const url = new URL(database.adminUrl);
  url.pathname = name;
  const warehouse = testPool(url.href, 2);
  await warehouse.query(
    "create table person (email text, name text, consent text not null default 'subscribed', consent_at timestamptz, active boolean not null default true)",
  );
  await warehouse.query(
    "insert into person (email, name) select format('person%s@example.test', i), format('Person %s', i) from generate_series(1, $1::int) i",
    [o.people],
  );

  const yaml = (o.yaml ?? ((t) => t))(YAML).replace("GHOST_URL", ghost.url);
  const loaded = loadConfig(yaml, { file: "test.yaml" });
  if (!loaded.ok) throw configError(loaded.problems);
  const logs: LogLine[] = [];
  const log: Log = {
    info: (event, fields = {}) => void logs.push({ event, fields }),
    warn: (event, fields = {}) => void logs.push({ event, fields }),
  };
  const env: Record<string, string> = { WAREHOUSE: url.href, GHOST_KEY: ghost.key, ...o.env };
  const source = { env, folder: dir, places: loaded.places, readFile: async () => "" };
  const base = await openApp({
    config: loaded.config,
    configFolder: dir,
    dataDir: dir,
    mode: "live",
    db: database.db,
    secretBytes:
      o.secret === undefined ? new Uint8Array(randomBytes(32)) : new TextEncoder().encode(o.secret),
    resolve: (ref) => resolveSecret(ref, source),
    clock,
    log,
  });
  if (o.writesOff !== true)
    for (const system of loaded.config.systems.filter(hasWriteAccess))
      await putWriteSwitch(database.db, {
        system: system.id,
        enabled: true,
        at: instant(clock.now()),
        person: "Ben",
        reason: "the tests' systems are simulators",
      });
  const quiet: App = { ...base, notify: o.notify ?? (async () => undefined) };
  const app = o.adapt?.(quiet) ?? quiet;
  const services: Services = { app, version: "0.0.0", audit: auditService(app), repair: repairService(app) };
  return {
    app,
    services,
    database,
    dir,
    clock,
    warehouse,
    logs,
    yaml,
    env,
    async close() {
      await services.audit.close();
      await services.repair.close();
      await warehouse.end();
      await asAdmin(database.adminUrl, `drop database ${name} with (force)`);
      await database.drop();
      await rm(join(dir), { recursive: true, force: true });
    },
  };
}

/** The simulator shows a write at once, so an effect is not waited for: how long in real life, sync/apply.test.ts proves. */
const atOnce = (app: App): App => ({
  ...app,
  writer: async (system) => {
    const writer = await app.writer(system);
    const settle = { typicalMs: 0, maxMs: 0 };
    return writer && { ...writer, capabilities: { ...writer.capabilities, settle } };
  },
});

const DAY = 86_400_000;

/** Daily scheduled audits; the clock stands at the last one afterwards. */
export async function auditDaily(world: World, days: number): Promise<void> {
  for (let i = 0; i < days; i++) {
    world.clock.add(DAY);
    await world.services.audit.run("scheduled", new AbortController().signal);
  }
}

/** Approves and applies a plan as its author, with the typed confirmation. */
export async function applyAs(world: World, planId: number, who: Person): Promise<void> {
  const { repair } = world.services;
  const seen = await repair.detail(planId, who);
  await repair.approve(planId, who, { hash: seen.hash, confirm: seen.confirmText, automations: true });
  await repair.run(planId, who, new AbortController().signal);
}
