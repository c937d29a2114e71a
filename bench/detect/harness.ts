import { spawn } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Suite } from "./suites.ts";

/** Name → value; null: the scorer could not say. */
export type Figures = Readonly<Record<string, number | null>>;

/** The real folder of the harness: its scripts only run under their own path. null: it is not there. */
export function harnessFolder(env: Readonly<Record<string, string | undefined>>, cwd: string): string | null {
  const folder = join(env.PLUMBLINE_MATERIAL ?? resolve(cwd, "../shared"), "detect");
  return existsSync(folder) ? realpathSync(folder) : null;
}

/** Makes the streams and labels of one seed in `folder`. */
export async function generate(
  harness: string,
  suite: Suite,
  seed: number,
  n: number,
  folder: string,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const [script = "", ...args] = suite.generator;
  await node([join(harness, script), ...args, "--seed", String(seed), "--n", String(n), "--out", folder]);
}

/** Scores one detector on the streams in `folder`. @throws Error on output outside the protocol */
export async function score(
  harness: string,
  suite: Suite,
  folder: string,
  detector: readonly string[],
): Promise<Figures> {
  const times = join(folder, "times");
  const words = [process.execPath, ...detector].map((w) => `'${w}'`).join(" ");
  // The shell's own clock: its processor time holds on a busy machine, too.
  const command = `TIMEFORMAT='%U %S'; { time ${words} 2>&3; } 3>&2 2>'${times}'`;
  const args = [join(harness, suite.scorer), "--data", folder, "--cmd", command];
  const flips = suite.scorer === "flip/score.mjs";
  const file = join(folder, "score.json");
  const said = await node(flips ? args : [...args, "--json", file]);
  const figures = flips ? flipFigures(said) : metricFigures(JSON.parse(await readFile(file, "utf8")), said);
  const [user = Number.NaN, system = Number.NaN] = (await readFile(times, "utf8"))
    .trim()
    .split(" ")
    .map(Number);
  const points = (await readFile(join(folder, "stream.jsonl"), "utf8")).trimEnd().split("\n").length;
  return { ...figures, processor: ((user + system) / points) * 1e6 };
}

type Scored = {
  auditScore: number | null;
  fa1000: number | null;
  recall: number | null;
  curve: { 1?: { recall: number } };
};

function metricFigures(scored: Scored, said: string): Figures {
  return {
    AuditScore: scored.auditScore,
    recall: scored.recall,
    "recall at FA 1": scored.recall === null ? null : (scored.curve[1]?.recall ?? null),
    FA: scored.fa1000,
    µs: number(/([\d.]+) us\/pt/, said),
  };
}

function flipFigures(said: string): Figures {
  const [, found, of] = /fights detected (\d+)\/(\d+)/.exec(said) ?? [];
  const ms = number(/([\d.]+) ms\/snapshot/, said);
  return {
    "fights found": found === undefined || of === undefined || of === "0" ? null : Number(found) / Number(of),
    "member precision": number(/member precision ([\d.]+)/, said),
    "member recall": number(/member precision [\d.]+ recall ([\d.]+)/, said),
    FA: number(/= ([\d.]+)\/1000/, said),
    µs: ms === null ? null : ms * 1000,
  };
}

function number(pattern: RegExp, text: string): number | null {
  const found = pattern.exec(text)?.[1];
  return found === undefined ? null : Number(found);
}

/** What a script of the harness, or `plumbline` itself, prints. */
export function node(args: readonly string[], input?: Buffer): Promise<string> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
    const out: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => void out.push(chunk));
    child.stdin.on("error", fail);
    child.on("error", fail);
    child.on("close", (code) => {
      const text = Buffer.concat(out).toString("utf8");
      if (code === 0) done(text);
      else fail(new Error(`${args.join(" ")} ended with ${code}: ${text.slice(0, 500)}`));
    });
    child.stdin.end(input);
  });
}
