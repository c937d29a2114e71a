import { type ChildProcess, spawn } from "node:child_process";
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { openDatabase } from "../../store/database.ts";
import { installBinaries } from "../../store/embedded/binaries.ts";
import { findPostmaster, isAlive, stopPostmaster } from "../../store/embedded/postmaster.ts";
import { type EmbeddedOptions, startEmbedded } from "../../store/embedded/start.ts";

const CHILD = fileURLToPath(new URL("embedded-child.mjs", import.meta.url));
const AS_ROOT = process.getuid?.() === 0;

type Said = { ready?: boolean; migrateUrl?: string; joined?: boolean; drained?: number };

describe("the embedded server", () => {
  let dataDir: string;
  let log: string[];

  beforeEach(async () => {
    dataDir = await mkdtemp("/var/tmp/plumbline-embedded-");
    await chmod(dataDir, 0o711); // mkdtemp makes 0700, which is a test of its own below
    log = [];
    onTestFinished(async () => {
      const left = await findPostmaster(cluster());
      if (left) await stopPostmaster(left.pid);
      await rm(dataDir, { recursive: true, force: true });
      if (left) throw new Error("the test left a server behind");
    });
  });

  const cluster = () => join(dataDir, "postgres", "cluster");
  const start = (over: Partial<EmbeddedOptions> = {}) =>
    startEmbedded({
      dataDir,
      settings: { fsync: "off" },
      log: {
        info: (event, fields) => void log.push(`${event} ${JSON.stringify(fields)}`),
        warn: () => undefined,
      },
      ...over,
    });

  async function ask(url: string, text: string): Promise<unknown> {
    const db = await openDatabase({ url, applicationName: "test", connections: 1 });
    try {
      return Object.values((await db.query(text)).rows[0] ?? {})[0];
    } finally {
      await db.close();
    }
  }

  /** A child in a process group of its own, like a program started from a shell. */
  async function child(
    role: string,
    then: string,
  ): Promise<{ process: ChildProcess; said: AsyncIterator<string>; ready: Said }> {
    const started = spawn(process.execPath, [CHILD, dataDir, role, then], {
      detached: true,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const said = createInterface({ input: started.stdout })[Symbol.asyncIterator]();
    return { process: started, said, ready: await line(said) };
  }
  const line = async (said: AsyncIterator<string>): Promise<Said> =>
    JSON.parse(String((await said.next()).value)) as Said;
  const ended = (process: ChildProcess) =>
    new Promise<void>((resolve) =>
      (process.exitCode ?? process.signalCode) === null ? process.once("exit", () => resolve()) : resolve(),
    );

  test("starts, keeps its data and its address over a restart, and leaves no process", async () => {
    const first = await start();
    expect(first.joined).toBe(false);
    await ask(first.migrateUrl, "create table kept as select 42 as n");
    const { pid } = (await findPostmaster(cluster()))!;
    await first.stop();
    await first.stop();
    expect(isAlive(pid)).toBe(false);
    const second = await start();
    expect(second.url).toBe(first.url);
    expect(await ask(second.migrateUrl, "select n from kept")).toBe(42);
    await second.stop();
  });

  test("its roles: one owns the database and nothing else, one owns nothing; passwords are needed and not logged", async () => {
    const server = await start();
    onTestFinished(() => server.stop());
    for (const url of [server.url, server.migrateUrl]) {
      expect(
        await ask(
          url,
          "select rolsuper or rolcreatedb or rolcreaterole from pg_roles where rolname = current_user",
        ),
      ).toBe(false);
      await expect(ask(url, "create database other")).rejects.toMatchObject({ kind: "not_allowed" });
    }
    await ask(server.migrateUrl, "create table mine as select 1 as n");
    await expect(ask(server.url, "select n from mine")).rejects.toMatchObject({ kind: "not_allowed" });
    await expect(ask(server.url, "create table its as select 1")).rejects.toMatchObject({
      kind: "not_allowed",
    });
    const guess = new URL(server.url);
    guess.password = "wrong";
    await expect(ask(guess.href, "select 1")).rejects.toMatchObject({ kind: "auth" });
    expect(await ask(server.adminUrl, "select rolsuper from pg_roles where rolname = current_user")).toBe(
      true,
    );
    const keys = JSON.parse(await readFile(join(dataDir, "postgres", "keys.json"), "utf8")) as Record<
      string,
      string
    >;
    expect((await lstat(join(dataDir, "postgres", "keys.json"))).mode & 0o777).toBe(0o600);
    for (const key of Object.values(keys)) expect(log.join("\n")).not.toContain(key);
    await expect(ask(server.url, "select 'canary@example.com'::int")).rejects.toThrow();
    expect(await readFile(join(dataDir, "postgres", "server.log"), "utf8")).not.toContain("canary");
  });

  test("many starters at once share one server; the last to leave stops it", async () => {
    const servers = await Promise.all(Array.from({ length: 6 }, () => start()));
    expect(servers.filter((s) => !s.joined)).toHaveLength(1);
    expect(new Set(servers.map((s) => s.url)).size).toBe(1);
    const [last, ...others] = servers;
    await Promise.all(others.map((s) => s.stop()));
    expect(await ask(last!.url, "select 1")).toBe(1);
    await last!.stop();
    expect(await findPostmaster(cluster())).toBeNull();
    const left = await readdir(join(dataDir, "postgres"));
    expect(left.sort()).toEqual(["cluster", "keys.json", "port", "server.log"]);
  });

  test("a command joins a running `serve` and never stops it; a second `serve` is refused", async () => {
    const serve = await start({ role: "serve" });
    const command = await start();
    expect(command.joined).toBe(true);
    await command.stop();
    expect(await ask(serve.url, "select 1")).toBe(1);
    await expect(start({ role: "serve" })).rejects.toThrow(
      /another `plumbline serve` uses this data folder → stop it first/,
    );
    await serve.stop();
    expect(await findPostmaster(cluster())).toBeNull();
  });

  test("stop and start at the same time never leave someone with a dying server", async () => {
    for (let round = 0; round < 4; round++) {
      const leaving = await start();
      const [, arrived] = await Promise.all([leaving.stop(), start()]);
      expect(await ask(arrived.url, "select 1")).toBe(1);
      await arrived.stop();
    }
  });

  test("kill -9 leaves an orphan with its data, which the next `serve` adopts", async () => {
    const killed = await child("serve", "hold");
    await ask(killed.ready.migrateUrl!, "create table kept as select 42 as n");
    killed.process.kill("SIGKILL");
    await ended(killed.process);
    expect(await findPostmaster(cluster())).not.toBeNull();
    const adopted = await start({ role: "serve" });
    expect(adopted.joined).toBe(true);
    expect(await ask(adopted.migrateUrl, "select n from kept")).toBe(42);
    await adopted.stop();
    expect(await findPostmaster(cluster())).toBeNull();
  });

  test("Ctrl-C reaches the whole group: the server lives until the program has drained, then ends", async () => {
    const { process: program, said } = await child("serve", "wait");
    const { pid } = (await findPostmaster(cluster()))!;
    process.kill(-program.pid!, "SIGINT");
    expect(await line(said)).toEqual({ drained: 42 });
    await ended(program);
    expect(program.exitCode).toBe(0);
    expect(isAlive(pid)).toBe(false);
  });

  test("a lock file left by a crash, whose number another program has now, is no obstacle", async () => {
    const first = await start();
    await first.stop();
    await writeFile(
      join(cluster(), "postmaster.pid"),
      `${process.pid}\n${cluster()}\n1790000000\n1\n\n127.0.0.1\n`,
    );
    const second = await start();
    expect(second.joined).toBe(false);
    await second.stop();
  });

  test("a start that fails says why and where to look", async () => {
    await expect(start({ settings: { shared_buffers: "many" } })).rejects.toThrow(
      /the database did not start: .*shared_buffers.* → look into .*server\.log/,
    );
  });

  test.runIf(AS_ROOT)(
    "where its account cannot reach the data folder, it lives in /var/tmp, and says so",
    async () => {
      await chmod(dataDir, 0o700);
      const inner = join(dataDir, "clone", ".plumbline");
      const first = await start({ dataDir: inner });
      const moved = /database\.moved \{"to":"(\/var\/tmp\/plumbline-[0-9a-f]{16})"/.exec(log.join("\n"))?.[1];
      expect(moved).toBeDefined();
      onTestFinished(() => rm(moved!, { recursive: true, force: true }));
      await ask(first.migrateUrl, "create table kept as select 42 as n");
      await first.stop();
      await chmod(dataDir, 0o711); // reachable now: the data stays where it is
      const second = await start({ dataDir: inner });
      expect(await ask(second.migrateUrl, "select n from kept")).toBe(42);
      await second.stop();
    },
  );
});

describe("the server's programs", () => {
  async function folder(): Promise<string> {
    const made = await mkdtemp("/var/tmp/plumbline-binaries-");
    onTestFinished(() => rm(made, { recursive: true, force: true }));
    return made;
  }

  test("are copied once, with their library links, whatever npm did", async () => {
    const place = join(await folder(), "copy");
    const copies = await Promise.all([1, 2, 3].map(() => installBinaries(() => [place])));
    expect(new Set(copies.map((c) => c.root))).toEqual(new Set([place]));
    expect((await lstat(join(place, "lib", "libpq.so.5"))).isSymbolicLink()).toBe(true);
    expect((await lstat(place)).mode & 0o777).toBe(0o755);
    expect(await readdir(join(place, ".."))).toEqual(["copy"]);
  });

  test("are never run from a folder that others can write to", async () => {
    const parent = await folder();
    const trap = join(parent, "trap");
    await mkdir(join(trap, "bin"), { recursive: true });
    await writeFile(join(trap, "bin", "postgres"), `#!/bin/sh\ntouch ${parent}/trapped\n`, { mode: 0o755 });
    await chmod(trap, 0o777);
    expect((await installBinaries(() => [trap, join(parent, "own")])).root).toBe(join(parent, "own"));
    expect((await readdir(parent)).sort()).toEqual(["own", "trap"]);
  });
});
