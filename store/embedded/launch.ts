import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readFile, rename, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { AuditorError } from "../../core/errors.ts";
import type { Binaries } from "./binaries.ts";
import { serverEnv } from "./cluster.ts";
import type { Place } from "./place.ts";
import { findPostmaster } from "./postmaster.ts";

export const HOST = "127.0.0.1";
const READY_WITHIN_MS = 120_000; // recovery after a crash replays the log first
const LOG_LIMIT_BYTES = 5_000_000;

/**
 * Loopback TCP with passwords, no Unix socket: a socket's path may have 107 bytes and would have to be reachable
 * for two accounts. Statements and error details are never logged: they may hold people's data.
 * Parallel queries are off because containers often have 64 MB of shared memory.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: HOST,
  unix_socket_directories: "",
  password_encryption: "scram-sha-256",
  max_connections: "150",
  wal_level: "minimal",
  max_wal_senders: "0",
  max_wal_size: "2GB",
  jit: "off",
  max_parallel_workers_per_gather: "0",
  log_min_messages: "log",
  log_min_error_statement: "panic",
  log_error_verbosity: "terse",
  log_statement: "none",
  log_checkpoints: "off",
  log_timezone: "UTC",
  timezone: "UTC",
};

/** Attempts: a server that was killed leaves processes, for moments, which a new one has to wait for. */
const ATTEMPTS = 60;
const AGAIN_MS = 100;

async function freePort(wanted: number | null, only: boolean): Promise<number> {
  const listen = (port: number) =>
    new Promise<number | null>((resolve) => {
      const server = createServer();
      server.once("error", () => resolve(null));
      server.listen({ port, host: HOST, exclusive: true }, () => {
        const address = server.address();
        server.close(() => resolve(address !== null && typeof address === "object" ? address.port : null));
      });
    });
  const port = (wanted !== null ? await listen(wanted) : null) ?? (only ? null : await listen(0));
  if (port === null && only)
    throw new AuditorError(
      "transient",
      `${HOST}:${wanted}`,
      "another program has the port of the database",
      "wait, or start Plumbline again",
    );
  if (port === null)
    throw new AuditorError(
      "permanent",
      HOST,
      "no free port",
      "check that this machine has a loopback interface",
    );
  return port;
}

async function lastLines(file: string, from: number): Promise<string> {
  const text = await readFile(file).catch(() => Buffer.alloc(0));
  const lines = text.subarray(from).toString("utf8").trim().split("\n");
  return lines.slice(-3).join(" / ");
}

/** Connects as admin, or answers why that does not work yet. */
async function connect(port: number, password: string): Promise<pg.Client | Error> {
  const client = new pg.Client({
    host: HOST,
    port,
    user: "admin",
    password,
    database: "postgres",
    application_name: "plumbline starter",
    connectionTimeoutMillis: 10_000,
  });
  client.on("error", () => undefined); // a server that goes away is noticed by the next query
  try {
    await client.connect();
    return client;
  } catch (cause) {
    await client.end().catch(() => undefined);
    return cause instanceof Error ? cause : new Error(String(cause));
  }
}

const code = (e: Error): string => ("code" in e ? String(e.code) : "");
/** 57P03: starting up or shutting down. */
const passing = (e: Error): boolean =>
  ["ECONNREFUSED", "ECONNRESET", "57P03", "57P01"].includes(code(e)) || /terminated|timeout/.test(e.message);

/** A session as admin, and whether the server ran already. */
export type Running = { readonly client: pg.Client; readonly port: number; readonly joined: boolean };

/** Joins the server that runs on this cluster, an orphan too; null: none runs (any more). */
export async function joinRunning(place: Place, password: string): Promise<Running | null> {
  for (let waited = 0; waited < READY_WITHIN_MS; waited += 25) {
    const running = await findPostmaster(place.cluster);
    if (running === null) return null;
    const client = await connect(running.port, password);
    if (!(client instanceof Error)) return { client, port: running.port, joined: true };
    if (!passing(client)) throw refused(place, client);
    await sleep(25);
  }
  throw refused(place, new Error("it did not become ready"));
}

const refused = (place: Place, cause: Error): AuditorError =>
  new AuditorError(
    "permanent",
    place.root,
    `the running database does not answer: ${code(cause) || cause.message}`,
    `look into ${join(place.root, "server.log")}`,
    { cause },
  );

/**
 * Starts the server in a process group of its own (Ctrl-C reaches the whole group of the terminal and would end it
 * before the work in flight is done) and waits until it answers. Of several starters at once one wins, the others join.
 *
 * @param onPort where it has to be again: our own connections know no other place. null: where it was last, else anywhere
 * @throws AuditorError permanent: with the last lines of its log; transient: `onPort` is taken
 */
export async function launch(
  binaries: Binaries,
  place: Place,
  password: string,
  extra: Readonly<Record<string, string>>,
  onPort: number | null,
): Promise<Running> {
  const logFile = join(place.root, "server.log");
  if (((await stat(logFile).catch(() => null))?.size ?? 0) > LOG_LIMIT_BYTES)
    await rename(logFile, `${logFile}.1`);
  const portFile = join(place.root, "port");
  let said = "";
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const last = Number(await readFile(portFile, "utf8").catch(() => "")) || null;
    const port = await freePort(onPort ?? (/could not bind/i.test(said) ? null : last), onPort !== null);
    const before = (await stat(logFile).catch(() => null))?.size ?? 0;
    const log = openSync(logFile, "a", 0o600);
    const settings = Object.entries({ ...SETTINGS, ...extra }).flatMap(([name, value]) => [
      "-c",
      `${name}=${value}`,
    ]);
    const child = spawn(
      join(binaries.root, "bin", "postgres"),
      ["-D", place.cluster, "-p", String(port), ...settings],
      {
        ...(place.account ?? {}),
        cwd: "/",
        env: serverEnv,
        detached: true,
        stdio: ["ignore", log, log],
      },
    );
    closeSync(log);
    let ended: string | null = null;
    child.once("error", (cause) => {
      ended = cause.message;
    });
    child.once("exit", (status, signal) => {
      ended = `it ended with ${status ?? signal}`;
    });
    child.unref();
    for (let waited = 0; waited < READY_WITHIN_MS && ended === null; waited += 15) {
      const client = await connect(port, password);
      if (!(client instanceof Error)) {
        // Another program may have taken the port in between: only our own cluster counts.
        if (await serves(client, place)) {
          await remember(portFile, port);
          return { client, port, joined: false };
        }
        await client.end();
      }
      await sleep(15);
    }
    said = `${ended ?? "it did not become ready"}; ${await lastLines(logFile, before)}`;
    const rival = await joinRunning(place, password);
    if (rival) return rival;
    if (attempt >= 4 && !/shared memory|lock file/i.test(said)) break;
    await sleep(AGAIN_MS);
  }
  throw new AuditorError(
    "permanent",
    place.root,
    `the database did not start: ${said}`,
    `look into ${logFile}, or set DATABASE_URL`,
  );
}

async function serves(client: pg.Client, place: Place): Promise<boolean> {
  const shown = client.query<{ data_directory: string }>("show data_directory");
  return shown.then(
    ({ rows }) => rows[0]?.data_directory === place.cluster,
    () => false, // it is asked again, until it ends
  );
}

/** Only a wish: where it cannot be written, on a full disk, the server runs and begins elsewhere the next time. */
async function remember(file: string, port: number): Promise<void> {
  await writeFile(file, `${port}\n`, { mode: 0o600 }).catch(() => undefined);
}
