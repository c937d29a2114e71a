import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DemoStarted } from "./driver.ts";

type Running = DemoStarted & { readonly pid: number };

const fileIn = (folder: string) => join(folder, "running.json");

/** Lets a command on the same machine use the demo that `serve` runs, instead of starting a second one. */
export async function announceDemo(folder: string, demo: DemoStarted): Promise<void> {
  const { configYaml, env, slackUrl, mailUrl } = demo;
  const running: Running = { configYaml, env, slackUrl, mailUrl, pid: process.pid };
  await writeFile(fileIn(folder), JSON.stringify(running), { mode: 0o600 });
}

export const withdrawDemo = (folder: string): Promise<void> => rm(fileIn(folder), { force: true });

/** null: no demo runs on this data folder (a killed one leaves its file behind). */
export async function runningDemo(folder: string): Promise<DemoStarted | null> {
  let text: string;
  try {
    text = await readFile(fileIn(folder), "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
  const running = JSON.parse(text) as Running;
  try {
    process.kill(running.pid, 0);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return null;
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) throw error; // another account's process
  }
  return (await answers(running.slackUrl)) ? running : null;
}

/** The number of a killed process may be another program's by now; only the demo itself answers at its address. */
async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(3_000) })).ok;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}
