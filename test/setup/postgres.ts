import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { instant } from "../../core/model.ts";
import { openDatabase } from "../../store/database.ts";
import { findPostmaster, isAlive, stopPostmaster } from "../../store/embedded/postmaster.ts";
import { type Embedded, startEmbedded } from "../../store/embedded/start.ts";
import { migrate } from "../../store/migrate.ts";

/** A server and its database with all migrations, which tests clone. */
export type TestServer = { readonly url: string; readonly adminUrl: string; readonly template: string };

declare module "vitest" {
  export interface ProvidedContext {
    /** The embedded server, as the program starts it. */
    embedded: TestServer;
    /** A second server, reached like any other through its address, with a role that owns one database. */
    foreign: TestServer;
  }
}

const FOLDER = "/var/tmp";
const PREFIX = "plumbline-test-";
/** Nobody keeps a test's data: without fsync a database is made in milliseconds. */
const FAST = { fsync: "off", full_page_writes: "off", synchronous_commit: "off", shared_buffers: "64MB" };
const silent = { info: () => undefined, warn: () => undefined };

/** A run that was killed leaves its servers; the next one ends them. */
async function sweep(): Promise<void> {
  for (const name of await readdir(FOLDER)) {
    const pid = Number(name.startsWith(PREFIX) ? name.slice(PREFIX.length).split("-")[0] : Number.NaN);
    if (!Number.isInteger(pid) || isAlive(pid)) continue;
    const left = await findPostmaster(join(FOLDER, name, "postgres", "cluster"));
    if (left) await stopPostmaster(left.pid);
    await rm(join(FOLDER, name), { recursive: true, force: true });
  }
}

async function template(adminUrl: string, owner: string): Promise<string> {
  const name = `template_${owner}`;
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    const password = "only for tests";
    await admin.query("select pg_advisory_lock(1)");
    const made = await admin.query("select 1 from pg_database where datname = $1", [name]);
    if (made.rowCount === 0) {
      await admin.query(
        `create role ${owner} login nosuperuser nocreatedb nocreaterole password '${password}'`,
      );
      await admin.query(`create database ${name} owner ${owner}`);
      const url = new URL(adminUrl);
      const db = await openDatabase({
        url: `postgres://${owner}:${encodeURIComponent(password)}@${url.host}/${name}`,
        applicationName: "plumbline tests",
      });
      await migrate(db, instant(new Date()));
      await db.close();
    }
    return name;
  } finally {
    await admin.end();
  }
}

async function serve(name: string, owner: string): Promise<{ server: TestServer; embedded: Embedded }> {
  // One folder per run: projects of the same run join the same server, and the last one stops it.
  const embedded = await startEmbedded({
    dataDir: join(FOLDER, `${PREFIX}${process.pid}-${name}`),
    log: silent,
    settings: FAST,
  });
  const made = await template(embedded.adminUrl, owner);
  const url = new URL(embedded.adminUrl);
  url.username = owner;
  url.password = "only for tests";
  url.pathname = "";
  return { server: { url: url.href, adminUrl: embedded.adminUrl, template: made }, embedded };
}

/** Servers of the run that started this one; theirs to stop. */
function given(): readonly [TestServer, TestServer] | null {
  const text = process.env.PLUMBLINE_TEST_SERVERS;
  return text === undefined ? null : (JSON.parse(text) as [TestServer, TestServer]);
}

/** vitest calls it once per project and run. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const servers = given();
  if (servers !== null) {
    project.provide("embedded", servers[0]);
    project.provide("foreign", servers[1]);
    return async () => undefined;
  }
  await sweep();
  const [own, foreign] = await Promise.all([serve("embedded", "app"), serve("foreign", "lesser")]);
  project.provide("embedded", own.server);
  project.provide("foreign", foreign.server);
  return async () => {
    await Promise.all([own.embedded.stop(), foreign.embedded.stop()]);
    for (const name of ["embedded", "foreign"]) {
      const folder = join(FOLDER, `${PREFIX}${process.pid}-${name}`);
      if ((await findPostmaster(join(folder, "postgres", "cluster"))) === null)
        await rm(folder, { recursive: true, force: true });
    }
  };
}
