import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** What one run of a command cost, everything it started included. */
export type Cost = {
  readonly wall: number;
  /** Processor seconds, user and system. */
  readonly cpu: number;
  /** Most memory, megabytes: of all its processes that live at once. */
  readonly memory: number;
};
export type Run = { readonly cost: Cost; readonly out: string; readonly code: number };

const LOOK_EVERY_MS = 20;

/** Most resident memory of each process of a group so far, kilobytes. */
function memoryOf(group: number): number {
  let sum = 0;
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const fields = readFileSync(`/proc/${name}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
      if (Number(fields[2]) !== group) continue;
      sum += Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${name}/status`, "utf8"))?.[1] ?? 0);
    } catch (cause) {
      // it ended between the two looks
      if (!(cause instanceof Error && "code" in cause)) throw cause;
    }
  }
  return sum;
}

/**
 * Runs a line of bash in a process group of its own. Linux only: memory is looked up in /proc.
 *
 * @throws Error when it fails with another code than those allowed
 */
export async function measure(line: string, allowed: readonly number[] = [0]): Promise<Run> {
  const script = `TIMEFORMAT='plumbline-time %R %U %S'; time { ${line}; }`;
  const child = spawn("bash", ["-o", "pipefail", "-c", script], {
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
  let memory = 0;
  const looking = setInterval(() => {
    memory = Math.max(memory, memoryOf(child.pid ?? -1));
  }, LOOK_EVERY_MS);
  const code = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => resolve(status ?? -1));
  }).finally(() => clearInterval(looking));
  const times = /plumbline-time (\S+) (\S+) (\S+)/.exec(err);
  if (times === null || !allowed.includes(code)) throw new Error(`it ended with ${code}: ${line}\n${err}`);
  const [wall = 0, user = 0, system = 0] = times.slice(1).map(Number);
  return { cost: { wall, cpu: user + system, memory: memory / 1024 }, out, code };
}

/** The median. */
export const middle = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const low = sorted[half - (sorted.length % 2 === 0 ? 1 : 0)] ?? Number.NaN;
  return (low + (sorted[half] ?? Number.NaN)) / 2;
};

/** The median of each figure. */
export const medianOf = (costs: readonly Cost[]): Cost => ({
  wall: middle(costs.map((c) => c.wall)),
  cpu: middle(costs.map((c) => c.cpu)),
  memory: middle(costs.map((c) => c.memory)),
});
