import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AuditorError } from "../../core/errors.ts";

/** What `postmaster.pid` says about a running server. */
export type Postmaster = { readonly pid: number; readonly port: number };

/** Is there such a process? One that we may not signal counts. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return cause instanceof Error && "code" in cause && cause.code === "EPERM";
  }
}

/**
 * Reads the lock file of a cluster; null: no server runs on it.
 *
 * After a crash the file stays, and its number may meanwhile be another program's (always so in a container that
 * starts again). Postgres would then refuse to start, so such a file is removed; where the program cannot be
 * looked up, it is left to Postgres to decide.
 */
export async function findPostmaster(cluster: string): Promise<Postmaster | null> {
  const file = join(cluster, "postmaster.pid");
  const text = await readFile(file, "utf8").catch(() => null);
  if (text === null) return null;
  const lines = text.split("\n");
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return null;
  const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => null);
  const state = (await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "")).split(") ")[1]?.[0];
  if (state === "Z" || (command !== null && command !== "" && !command.includes("postgres"))) {
    await rm(file, { force: true });
    return null;
  }
  return { pid, port };
}

async function gone(pid: number, withinMs: number): Promise<boolean> {
  for (let waited = 0; waited < withinMs; waited += 20) {
    if (!isAlive(pid)) return true;
    const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
    if (stat.includes(") Z ")) return true;
    await sleep(20);
  }
  return !isAlive(pid);
}

/** SIGINT is Postgres' fast shutdown: it ends sessions. SIGTERM would wait for clients, for ever if need be. */
export async function stopPostmaster(pid: number): Promise<void> {
  const steps = [
    ["SIGINT", 15_000],
    ["SIGQUIT", 5_000],
    ["SIGKILL", 5_000],
  ] as const;
  for (const [signal, waitMs] of steps) {
    try {
      process.kill(pid, signal);
    } catch (cause) {
      if (cause instanceof Error && "code" in cause && cause.code === "ESRCH") return;
      throw new AuditorError(
        "not_allowed",
        "embedded Postgres",
        `process ${pid} cannot be stopped by this account`,
        "stop it as the account that started it",
        {
          cause,
        },
      );
    }
    if (await gone(pid, waitMs)) return;
  }
}
