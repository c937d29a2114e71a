import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { findPostmaster, stopPostmaster } from "../../store/embedded/postmaster.ts";
import { startEmbedded } from "../../store/embedded/start.ts";
import { asAdmin } from "../setup/database.ts";

let dataDir = "";
beforeEach(async () => {
  dataDir = await mkdtemp("/var/tmp/plumbline-embedded-");
  await chmod(dataDir, 0o711); // the database runs under an account of its own
  onTestFinished(async () => {
    const left = await findPostmaster(cluster());
    if (left) await stopPostmaster(left.pid);
    await rm(dataDir, { recursive: true, force: true });
  });
});
const cluster = () => join(dataDir, "postgres", "cluster");
const silent = { info: () => undefined, warn: () => undefined };
const start = (role: "serve" | "command") =>
  startEmbedded({ dataDir, role, log: silent, settings: { fsync: "off" } });

/** A cluster in which the product's database cannot be made. */
async function withoutTemplate(): Promise<void> {
  const server = await start("command");
  await asAdmin(server.adminUrl, "drop database plumbline");
  await asAdmin(server.adminUrl, "alter database template1 rename to elsewhere");
  await server.stop();
}

test.each(["serve", "command"] as const)(
  "a database that cannot be made leaves no server of a %s",
  async (role) => {
    await withoutTemplate();
    await expect(start(role)).rejects.toMatchObject({
      name: "AuditorError",
      where: join(dataDir, "postgres"),
    });
    expect(await findPostmaster(cluster())).toBe(null);
  },
);

test("a command that cannot make it leaves the server to those who use it", async () => {
  const other = await start("command");
  await asAdmin(other.adminUrl, "drop database plumbline");
  await asAdmin(other.adminUrl, "alter database template1 rename to elsewhere");
  await expect(start("command")).rejects.toMatchObject({ name: "AuditorError" });
  expect(await findPostmaster(cluster())).not.toBe(null);
  await other.stop();
  expect(await findPostmaster(cluster())).toBe(null);
});

test("a port that cannot be written down is no reason not to run", async () => {
  await (await start("command")).stop();
  const file = join(dataDir, "postgres", "port");
  await rm(file);
  await mkdir(file);
  const server = await start("command");
  expect(await asAdmin(server.adminUrl, "select 1 as n")).toEqual([{ n: 1 }]);
  await server.stop();
  expect(await findPostmaster(cluster())).toBe(null);
});
