import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import { AuditorError } from "../../core/errors.ts";
import type { Log } from "../../core/ports.ts";
import { databaseError } from "../database-error.ts";
import { installBinaries } from "./binaries.ts";
import { ensureCluster } from "./cluster.ts";
import { databaseKeys, type Keys } from "./keys.ts";
import { HOST, joinRunning, launch, type Running } from "./launch.ts";
import { binaryPlaces, choosePlace, type Place } from "./place.ts";
import { findPostmaster, stopPostmaster } from "./postmaster.ts";
import { type Supervised, supervise } from "./supervise.ts";

export type EmbeddedOptions = {
  /** `<data>`: PLUMBLINE_DATA or ./.plumbline. Made if it is not there. */
  readonly dataDir: string;
  readonly log: Log;
  /** `serve` is alone on its data folder and stops the server when it ends; a `command` stops it only as the last user. */
  readonly role?: "serve" | "command";
  /** More server settings; tests switch fsync off. */
  readonly settings?: Readonly<Record<string, string>>;
};

export type Embedded = {
  /** As `plumbline_app`, who runs the product and owns nothing. Its rights are given by `grantRole`. */
  readonly url: string;
  /** As `plumbline`, who owns its database and nothing else: for migrations. */
  readonly migrateUrl: string;
  /** As `admin`, superuser, database `postgres`: only to make and drop other databases (the demo's warehouse). */
  readonly adminUrl: string;
  /** True when the server ran already: another process's, or an orphan of a killed one. */
  readonly joined: boolean;
  /** Closes, and stops the server if nobody else needs it. Safe to call twice. */
  stop(): Promise<void>;
};

/**
 * Who uses the server is known by advisory locks, which a killed process loses by itself. Every user holds `users`
 * shared; the one that can take it alone is the last. `serve` also holds `serving`.
 */
const USERS = 7_586_001;
const SERVING = 7_586_002;
/** Runs the product: it may add to the log of who did what, and never change it. */
const APP = "plumbline_app";

/**
 * Starts the embedded Postgres of a data folder, or joins the one that runs there.
 *
 * @throws AuditorError unsupported (no programs for this machine), not_allowed (folders, accounts),
 *   refused (another `serve` has this folder), permanent (it did not start; names the log), transient (its disk is full);
 *   a server that it started itself is stopped before
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { dataDir, log, role = "command", settings = {} } = options;
  const binaries = await installBinaries(binaryPlaces);
  const place = await choosePlace(dataDir);
  const keys = await databaseKeys(place.root);
  if (place.moved)
    log.info("database.moved", {
      to: place.root,
      because: "the account that runs it cannot reach the data folder",
    });
  const enter = async (onPort: number | null): Promise<Running> => {
    for (let attempt = 0; attempt < 200; attempt++) {
      await ensureCluster(binaries, place, keys.admin);
      const running =
        (await joinRunning(place, keys.admin)) ??
        (await launch(binaries, place, keys.admin, settings, onPort));
      if (onPort !== null && running.port !== onPort) {
        await running.client.end().catch(() => undefined);
        throw new AuditorError(
          "transient",
          place.root,
          `another process has started the database on port ${running.port}, not ${onPort}`,
          "it is tried again; or start Plumbline again",
        );
      }
      if (await takePlace(running.client, role, dataDir)) return running;
      await running.client.end().catch(() => undefined);
      await sleep(50); // its last user is stopping it
    }
    throw new AuditorError(
      "transient",
      place.root,
      "the database is being stopped by another process, for too long",
      "try again",
    );
  };
  const { client, port, joined } = await enter(null);
  try {
    await ensureDatabase(client, keys);
  } catch (cause) {
    // a full disk, mostly; nobody else would stop the server, and why it failed is what a person has to read
    await leave(client, place, role).catch(() => undefined);
    throw databaseError(place.root, cause);
  }
  log.info("database.ready", { port, joined });
  // a command is over soon, and may itself be why the server ends
  const held =
    role === "serve" ? supervise(client, async () => (await enter(port)).client, log) : unwatched(client);
  return embedded(held, place, keys, port, joined, role);
}

const unwatched = (client: Client): Supervised => ({ client: () => client, release: () => undefined });

async function takePlace(client: Client, role: "serve" | "command", dataDir: string): Promise<boolean> {
  try {
    const users = await client.query<{ held: boolean }>("select pg_try_advisory_lock_shared($1) as held", [
      USERS,
    ]);
    if (users.rows[0]?.held !== true) return false;
    if (role === "command") return true;
    const serving = await client.query<{ held: boolean }>("select pg_try_advisory_lock($1) as held", [
      SERVING,
    ]);
    if (serving.rows[0]?.held === true) {
      await client.query("set application_name = 'plumbline serve'");
      return true;
    }
  } catch (cause) {
    if (cause instanceof Error) return false; // it went away under us
  }
  await client.end().catch(() => undefined);
  throw new AuditorError(
    "refused",
    dataDir,
    "another `plumbline serve` uses this data folder",
    "stop it first, choose another folder with PLUMBLINE_DATA, or set DATABASE_URL to run several",
  );
}

/** The application's own roles and database; repeated at each start, since a first start may have been interrupted. */
async function ensureDatabase(admin: Client, keys: Keys): Promise<void> {
  await admin.query("select pg_advisory_lock($1)", [USERS + 10]);
  try {
    for (const [name, key] of [
      ["plumbline", keys.plumbline],
      [APP, keys.app],
    ] as const) {
      const role = await admin.query("select 1 from pg_roles where rolname = $1", [name]);
      if (role.rowCount === 0) {
        const password = admin.escapeLiteral(key);
        await admin.query(
          `create role ${name} login nosuperuser nocreatedb nocreaterole password ${password}`,
        );
      }
    }
    const database = await admin.query("select 1 from pg_database where datname = 'plumbline'");
    if (database.rowCount === 0) await admin.query("create database plumbline owner plumbline");
  } finally {
    await admin.query("select pg_advisory_unlock($1)", [USERS + 10]);
  }
}

function embedded(
  held: Supervised,
  place: Place,
  keys: Keys,
  port: number,
  joined: boolean,
  role: "serve" | "command",
): Embedded {
  let stopping: Promise<void> | null = null;
  return {
    url: `postgres://${APP}:${keys.app}@${HOST}:${port}/plumbline`,
    migrateUrl: `postgres://plumbline:${keys.plumbline}@${HOST}:${port}/plumbline`,
    adminUrl: `postgres://admin:${keys.admin}@${HOST}:${port}/postgres`,
    joined,
    stop() {
      held.release();
      stopping ??= leave(held.client(), place, role);
      return stopping;
    },
  };
}

async function leave(client: Client, place: Place, role: "serve" | "command"): Promise<void> {
  const last = role === "serve" || (await isLast(client));
  if (last) {
    const running = await findPostmaster(place.cluster);
    if (running) await stopPostmaster(running.pid);
  }
  await client.end().catch(() => undefined);
}

/** Taken alone and never given back: whoever comes now waits until the server is gone and starts it again. */
async function isLast(client: Client): Promise<boolean> {
  try {
    await client.query("select pg_advisory_unlock_shared($1)", [USERS]);
    const alone = await client.query<{ held: boolean }>("select pg_try_advisory_lock($1) as held", [USERS]);
    return alone.rows[0]?.held === true;
  } catch (cause) {
    if (cause instanceof Error) return false; // it is gone already
    throw cause;
  }
}
