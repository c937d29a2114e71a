import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { findPostmaster } from "../../store/embedded/postmaster.ts";

export const MAIN = fileURLToPath(new URL("../../dist/app/cli/main.js", import.meta.url));

/** A `plumbline` in a process group of its own, as a shell gives it one. */
export type Child = {
  readonly process: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  /** Resolves with the first JSON line of that event; rejects when the process ends before. */
  said(event: string): Promise<Record<string, unknown>>;
  /** Code and signal. */
  readonly ended: Promise<readonly [number | null, NodeJS.Signals | null]>;
  /** As the terminal does: to every process of the group. */
  signalGroup(signal: NodeJS.Signals): void;
};

const running = new Set<Child>();

export function start(
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  cwd = "/",
): Child {
  const child = spawn(process.execPath, [MAIN, ...words], {
    cwd,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PLUMBLINE_LOG: "info", ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let out = "";
  let err = "";
  child.stdout.on("data", (d) => {
    out += String(d);
  });
  child.stderr.on("data", (d) => {
    err += String(d);
  });
  const ended = once(child, "close").then(
    (all) => all as unknown as readonly [number | null, NodeJS.Signals | null],
  );
  const self: Child = {
    process: child,
    out: () => out,
    err: () => err,
    ended,
    async said(event) {
      for (;;) {
        for (const line of out.split("\n").slice(0, -1)) {
          const value = JSON.parse(line) as Record<string, unknown>;
          if (value.event === event) return value;
        }
        if (child.exitCode !== null || child.signalCode !== null)
          throw new Error(`it ended before “${event}”: ${out}${err}`);
        await sleep(50);
      }
    },
    signalGroup(signal) {
      process.kill(-(child.pid ?? 0), signal);
    },
  };
  running.add(self);
  void ended.then(() => running.delete(self));
  return self;
}

export async function finish(
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  cwd?: string,
) {
  const child = start(words, env, cwd);
  const [code] = await child.ended;
  return { code, out: child.out(), err: child.err() };
}

/** For the end of a failed test: nothing that it started outlives it. */
export async function killAll(dataDirs: readonly string[]): Promise<void> {
  for (const child of [...running]) {
    child.process.kill("SIGKILL");
    await child.ended;
  }
  for (const dir of dataDirs) for (const pid of await processesOf(dir)) process.kill(pid, "SIGKILL");
}

/** Every process that knows this data folder: by its environment, its command line, or as the database that runs in it. */
export async function processesOf(dataDir: string): Promise<number[]> {
  if (dataDir === "") throw new RangeError("every process knows the empty path");
  const found = new Set<number>();
  for (const entry of readdirSync("/proc")) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const text = read(`/proc/${pid}/environ`) + read(`/proc/${pid}/cmdline`);
    const state = read(`/proc/${pid}/stat`).split(") ")[1]?.[0];
    if (text.includes(dataDir) && state !== "Z") found.add(pid);
  }
  for (const place of [dataDir, `${dataDir}/demo`]) {
    const postmaster = await findPostmaster(`${place}/postgres/cluster`);
    if (postmaster !== null) found.add(postmaster.pid);
  }
  return [...found];
}

function read(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch (error) {
    if (
      error instanceof Error &&
      "code" in error &&
      ["ENOENT", "ESRCH", "EACCES", "EPERM"].includes(String(error.code))
    )
      return "";
    throw error;
  }
}

/** @throws after `withinMs` without the condition, with what was seen last */
export async function eventually<T>(
  look: () => Promise<T> | T,
  holds: (seen: T) => boolean,
  withinMs = 15_000,
): Promise<T> {
  const end = performance.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (performance.now() > end) throw new Error(`still ${JSON.stringify(seen)} after ${withinMs} ms`);
    await sleep(50);
  }
}

export const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
