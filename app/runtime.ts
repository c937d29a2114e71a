import { mkdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Logger } from "pino";
import { loadConfig } from "../config/load.ts";
import { configError } from "../config/problem.ts";
import { requireConfig, secretsOf } from "../config/read.ts";
import { resolveSecret, type SecretSource } from "../config/secret.ts";
import type { Config } from "../core/config.ts";
import { AuditorError } from "../core/errors.ts";
import { clearHistory } from "../store/clear-history.ts";
import type { Database } from "../store/database.ts";
import { getMeta } from "../store/get-meta.ts";
import { listRuns } from "../store/list-runs.ts";
import { putMeta } from "../store/put-meta.ts";
import { makeNotify } from "./alerts/notify.ts";
import type { App } from "./app.ts";
import { auditService } from "./audit/service.ts";
import type { CliIo } from "./cli/command.ts";
import { type Demo, type DemoStarted, startDemo } from "./demo/driver.ts";
import { announceDemo, runningDemo, withdrawDemo } from "./demo/running.ts";
import { logOf } from "./log.ts";
import { openApp } from "./open-app.ts";
import { type OpenedStore, openStore } from "./open-store.ts";
import { repairService } from "./repair/repair.ts";
import { loadSecret } from "./secret.ts";
import type { Services } from "./services.ts";
import { VERSION } from "./version.ts";

export type RuntimeOptions = {
  /** `serve` owns the data folder; a `command` joins what runs there. */
  readonly role: "serve" | "command";
  /** null: PLUMBLINE_CONFIG, else the demo company. */
  readonly configPath: string | null;
  readonly demo: { readonly size: string; readonly seed: number };
  /** Overrides the configuration's; links in Slack and mail name it. */
  readonly port?: number | null;
  readonly io: Pick<CliIo, "env" | "cwd" | "stderr">;
  readonly logger: Logger;
};

export type Runtime = {
  readonly app: App;
  readonly services: Services;
  readonly demo: Demo | null;
  close(): Promise<void>;
};

type Surroundings = Pick<CliIo, "env" | "cwd">;

/** The empty text, as `PLUMBLINE_CONFIG= npm start` gives it, is no value. */
const fromEnv = (io: Surroundings, name: string): string | null => io.env[name] || null;

const configPathOf = (io: Surroundings, configPath: string | null): string | null =>
  configPath ?? fromEnv(io, "PLUMBLINE_CONFIG");

/**
 * Where everything is kept that is not in DATABASE_URL. The demo company has a folder of its own inside, so that
 * trying the demo first leaves no trace in the numbers of a real configuration.
 */
export function dataDirOf(io: Surroundings, configPath: string | null): string {
  const base = resolve(io.cwd, fromEnv(io, "PLUMBLINE_DATA") ?? ".plumbline");
  return configPathOf(io, configPath) === null ? join(base, "demo") : base;
}

/** Opens database, configuration and connectors in that order and closes them in the other, whatever fails between. */
export async function openRuntime(o: RuntimeOptions): Promise<Runtime> {
  const log = logOf(o.logger);
  const path = configPathOf(o.io, o.configPath);
  const dataDir = dataDirOf(o.io, o.configPath);
  // others may pass through but not look: the database runs under an account of its own
  await mkdir(dataDir, { recursive: true, mode: 0o711 });
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const c of closers.splice(0).reverse()) await c();
  };
  try {
    const store = await openStore({
      io: o.io,
      dataDir,
      log,
      role: o.role,
      applicationName: `plumbline ${o.role}`,
    });
    closers.push(() => store.close());
    const { db } = store;
    const opened =
      path === null
        ? await openDemo(o, store, dataDir, closers, log)
        : await openConfigured(resolve(o.io.cwd, path), o.io.env, db);
    const base = await openApp({
      config:
        o.port == null || o.port === 0
          ? opened.config
          : { ...opened.config, server: { ...opened.config.server, port: o.port } },
      configFolder: opened.folder,
      dataDir,
      mode: path === null ? "demo" : "live",
      db,
      secretBytes: await loadSecret({ dataDir, env: o.io.env }),
      resolve: opened.resolve,
      clock: { now: () => new Date() },
      log,
    });
    const app: App = { ...base, notify: makeNotify(base) };
    const audit = auditService(app);
    const readAgain = o.role === "serve" ? () => void (audit.running || audit.start("readback")) : undefined;
    const services: Services = { app, version: VERSION, audit, repair: repairService(app, readAgain) };
    return { app, services, demo: opened.demo, close };
  } catch (error) {
    await close();
    throw error;
  }
}

type Opened = {
  readonly config: Config;
  readonly folder: string;
  readonly resolve: App["secret"];
  readonly demo: Demo | null;
};

async function openConfigured(path: string, env: SecretSource["env"], db: Database): Promise<Opened> {
  if ((await getMeta(db, "demo:today")) !== null) {
    throw new AuditorError(
      "config",
      "DATABASE_URL",
      "this database holds the demo company, whose history would mix with yours",
      "name an empty database",
    );
  }
  const loaded = await requireConfig(path);
  const source = secretsOf(loaded, env);
  return {
    config: loaded.config,
    folder: loaded.folder,
    resolve: (ref) => resolveSecret(ref, source),
    demo: null,
  };
}

async function openDemo(
  o: RuntimeOptions,
  { db, adminUrl, asOwner }: OpenedStore,
  dataDir: string,
  closers: (() => Promise<void>)[],
  log: App["log"],
): Promise<Opened> {
  const warehouseAdminUrl = adminUrl ?? o.io.env.PLUMBLINE_DEMO_ADMIN_URL ?? null;
  if (warehouseAdminUrl === null) {
    throw new AuditorError(
      "config",
      "demo",
      "the demo needs a database of its own, and DATABASE_URL may not make one",
      "unset DATABASE_URL, or name your configuration with --config or PLUMBLINE_CONFIG",
    );
  }
  const folder = join(dataDir, "company");
  const other = o.role === "command" ? await runningDemo(folder) : null;
  if (other !== null) return demoOpened(other, null, folder);
  const resume = (await getMeta(db, "demo:seeded")) !== null;
  if (!resume && o.role === "command") {
    throw new AuditorError(
      "config",
      "configuration",
      "none is named, and there is no demo company yet",
      "use --config or PLUMBLINE_CONFIG, write one with plumbline init, or start the demo with plumbline demo",
    );
  }
  const { today, size, seed } = resume ? await recallDemo(db, o) : await beginDemo(db, asOwner, o, dataDir);
  const demo = await startDemo({ size, seed, today, resume, warehouseAdminUrl, folder }, log);
  closers.push(() => demo.close());
  if (o.role === "serve") {
    await announceDemo(folder, demo);
    closers.push(() => withdrawDemo(folder));
  }
  return demoOpened(demo, demo, folder);
}

type DemoMade = { readonly today: string; readonly size: string; readonly seed: number };

async function recallDemo(db: Database, o: RuntimeOptions): Promise<DemoMade> {
  const asked = o.demo;
  const made = {
    today: (await getMeta(db, "demo:today")) ?? new Date().toISOString(),
    size: (await getMeta(db, "demo:size")) ?? asked.size,
    seed: Number((await getMeta(db, "demo:seed")) ?? asked.seed),
  };
  if (o.role === "serve" && (made.size !== asked.size || made.seed !== asked.seed)) {
    o.io.stderr.write(
      `The demo company is kept as it was made: size ${made.size}, seed ${made.seed}. For another one set PLUMBLINE_DATA to a new folder.\n`,
    );
  }
  return made;
}

/** A history that was interrupted half-way is not gone on with but begun again: its days would not follow one another. */
async function beginDemo(
  db: Database,
  asOwner: OpenedStore["asOwner"],
  o: RuntimeOptions,
  dataDir: string,
): Promise<DemoMade> {
  if ((await getMeta(db, "demo:today")) !== null) {
    await asOwner(clearHistory);
    await rm(join(dataDir, "sets"), { recursive: true, force: true });
  } else if ((await listRuns(db, 1)).length > 0) {
    throw new AuditorError(
      "config",
      "DATABASE_URL",
      "this database holds the history of a configuration, and the demo would mix with it",
      "name an empty database for the demo",
    );
  }
  const made = { today: new Date().toISOString(), size: o.demo.size, seed: o.demo.seed };
  await putMeta(db, "demo:today", made.today);
  await putMeta(db, "demo:size", made.size);
  await putMeta(db, "demo:seed", String(made.seed));
  return made;
}

function demoOpened(started: DemoStarted, demo: Demo | null, folder: string): Opened {
  const loaded = loadConfig(started.configYaml, { file: "demo.yaml" });
  if (!loaded.ok) throw configError(loaded.problems);
  const source: SecretSource = { env: started.env, folder, places: loaded.places, readFile: async () => "" };
  return { config: loaded.config, folder, resolve: (ref) => resolveSecret(ref, source), demo };
}
