import { chmod, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { findPostmaster } from "../../store/embedded/postmaster.ts";
import { eventually, killAll, processesOf } from "../e2e/processes.ts";
import {
  type GhostProcess,
  ghostProcess,
  newSecret,
  probe,
  readyWithin,
  type Setting,
  serve,
  writeSetting,
} from "./database-world.ts";

let dir = "";
let ghost: GhostProcess;
beforeEach(async () => {
  dir = await mkdtemp("/var/tmp/plumbline-own-");
  await chmod(dir, 0o711); // the database runs under an account of its own
  ghost = await ghostProcess();
});
afterEach(async () => {
  await killAll([join(dir, "data")]);
  await ghost.close();
  await rm(dir, { recursive: true, force: true });
});

it("the embedded server that is killed under serve is started again, on the same port, and stopped with serve", async () => {
  const setting: Setting = { databaseUrl: null, dataDir: dir, secret: newSecret(), ghost };
  const served = await serve(setting, await writeSetting(setting));
  await served.child.said("verdict");
  const watched = probe(served);
  const pid = async () => (await findPostmaster(join(dir, "data", "postgres", "cluster")))?.pid ?? null;
  for (const signal of ["SIGQUIT", "SIGKILL", "SIGKILL", "SIGKILL"] as const) {
    const before = await pid();
    process.kill(before ?? 0, signal);
    await eventually(pid, (now) => now !== null && now !== before, 60_000);
    await readyWithin(served, 30_000);
  }
  expect((await served.call("POST", "/api/v1/audit")).status).toBe(202);
  expect((await watched.end()).dead).toBe(0);
  await served.end();
  await eventually(
    () => processesOf(join(dir, "data")),
    (left) => left.length === 0,
  );
});
