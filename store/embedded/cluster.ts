import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chown, lstat, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { AuditorError } from "../../core/errors.ts";
import type { Binaries } from "./binaries.ts";
import type { Place } from "./place.ts";
import { isAlive } from "./postmaster.ts";

const run = promisify(execFile);

const DRAFT = /^cluster\.(\d+)\.[0-9a-f]+(?:\.pw)?$/;
const DRAFT_MS = 30_000;

/** Nothing of the caller's environment: PGPORT, PGDATA or LD_LIBRARY_PATH would lead the server astray. */
export const serverEnv: Readonly<Record<string, string>> = {
  PATH: "/usr/bin:/bin",
  LC_ALL: "C",
  TZ: "UTC",
  HOME: "/",
};

const exists = async (path: string): Promise<boolean> => (await lstat(path).catch(() => null)) !== null;

/** Waits while another starter makes the cluster (it takes a second of two processors), and clears what a killed one left. */
async function othersDrafts(place: Place): Promise<void> {
  for (let waited = 0; waited < DRAFT_MS && !(await exists(place.cluster)); waited += 50) {
    const drafts = (await readdir(place.root)).filter((name) => DRAFT.test(name));
    if (drafts.length === 0) return;
    for (const name of drafts) {
      if (!isAlive(Number(DRAFT.exec(name)?.[1])))
        await rm(join(place.root, name), { recursive: true, force: true });
    }
    await sleep(50);
  }
}

/**
 * Makes the cluster if there is none. It is made under another name and renamed when whole, so that an interrupted
 * first start leaves nothing half-made and simultaneous starters agree on one.
 *
 * `builtin` C.UTF-8 sorts the same on every machine; `--no-sync` because nothing is in it yet.
 */
export async function ensureCluster(binaries: Binaries, place: Place, adminPassword: string): Promise<void> {
  await othersDrafts(place);
  if (await exists(place.cluster)) return;
  const draft = join(place.root, `cluster.${process.pid}.${randomBytes(4).toString("hex")}`);
  const passwordFile = `${draft}.pw`;
  try {
    await mkdir(draft, { mode: 0o700 });
    await writeFile(passwordFile, adminPassword, { mode: 0o600 });
    if (place.account) {
      await chown(draft, place.account.uid, place.account.gid);
      await chown(passwordFile, place.account.uid, place.account.gid);
    }
    await run(
      join(binaries.root, "bin", "initdb"),
      [
        `--pgdata=${draft}`,
        "--username=admin",
        `--pwfile=${passwordFile}`,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-sync",
      ],
      { ...(place.account ?? {}), cwd: "/", env: serverEnv },
    );
    await rename(draft, place.cluster).catch(async (cause: NodeJS.ErrnoException) => {
      if (cause.code !== "ENOTEMPTY" && cause.code !== "EEXIST") throw cause; // another starter was first
    });
  } catch (cause) {
    const said =
      cause instanceof Error && "stderr" in cause
        ? String(cause.stderr).trim().split("\n").at(-1)
        : String(cause);
    throw new AuditorError(
      "permanent",
      place.root,
      `the database could not be made: ${said ?? ""}`,
      "check free space and the folder's owner, or set DATABASE_URL",
      {
        cause,
      },
    );
  } finally {
    await rm(draft, { recursive: true, force: true });
    await rm(passwordFile, { force: true });
  }
}
