import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { Command } from "commander";
import { Type } from "typebox";
import { ALL_CHECKS } from "../../checks/registry.ts";
import type { KnownChecks } from "../../config/load.ts";
import { type ConfigProblem, formatProblem } from "../../config/problem.ts";
import { readConfig, secretsOf } from "../../config/read.ts";
import { resolveSecret } from "../../config/secret.ts";
import type { SecretRef } from "../../core/config.ts";
import { AuditorError } from "../../core/errors.ts";
import { type CliIo, EXIT, type ExitCode } from "./command.ts";

export type ValidateArgs = {
  /** null: PLUMBLINE_CONFIG, else plumbline.yaml. */
  readonly file: string | null;
  /** Must every secret reference resolve here? Not in an editor or in CI. */
  readonly secrets: boolean;
  readonly json: boolean;
};

/** Shape of `plumbline validate --json`. */
export const output = Type.Object(
  {
    ok: Type.Boolean(),
    file: Type.String(),
    problems: Type.Array(
      Type.Object({
        file: Type.String(),
        line: Type.Integer(),
        column: Type.Integer(),
        problem: Type.String(),
        fix: Type.String(),
      }),
    ),
  },
  { title: "plumbline validate --json" },
);

/** Prints every problem as `file:line:col problem → fix`, or that there is none. */
export async function runValidate(args: ValidateArgs, io: CliIo, checks?: KnownChecks): Promise<ExitCode> {
  const file = args.file ?? io.env.PLUMBLINE_CONFIG ?? "plumbline.yaml";
  const result = await readConfig(resolve(io.cwd, file), checks);
  const problems: ConfigProblem[] = result.ok ? [] : [...result.problems];
  if (result.ok && args.secrets) {
    const source = secretsOf(result, io.env);
    for (const [ref, place] of result.places)
      problems.push(...(await unresolved(ref as SecretRef, place, source)));
  }
  if (result.ok) problems.push(...(await missingFolders(result)));
  if (args.json) {
    io.stdout.write(`${JSON.stringify({ ok: problems.length === 0, file, problems }, null, 2)}\n`);
  } else if (problems.length > 0) {
    for (const problem of problems) io.stdout.write(`${formatProblem(problem)}\n`);
    io.stderr.write(`${problems.length} ${problems.length === 1 ? "problem" : "problems"} in ${file}\n`);
  } else if (result.ok) {
    const { systems, audiences } = result.config;
    const segments = audiences.reduce((n, a) => n + a.segments.length, 0);
    io.stdout.write(
      `${file} is valid: ${say(systems.length, "system")}, ${say(audiences.length, "audience")}, ${say(segments, "segment")}.\n`,
    );
  }
  return problems.length === 0 ? EXIT.ok : EXIT.error;
}

const say = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? "" : "s"}`;

async function unresolved(
  ref: SecretRef,
  place: string,
  source: Parameters<typeof resolveSecret>[1],
): Promise<ConfigProblem[]> {
  try {
    await resolveSecret(ref, source);
    return [];
  } catch (error) {
    if (!(error instanceof AuditorError)) throw error;
    const [file = "", line, column] = place.split(":");
    const problem = error.message.slice(error.where.length + 2, -` → ${error.fix}`.length);
    return [{ file, line: Number(line), column: Number(column), problem, fix: error.fix }];
  }
}

async function missingFolders(
  loaded: Extract<Awaited<ReturnType<typeof readConfig>>, { ok: true }>,
): Promise<ConfigProblem[]> {
  const problems: ConfigProblem[] = [];
  for (const system of loaded.config.systems) {
    if (system.kind !== "files") continue;
    const folder = resolve(loaded.folder, system.folder);
    const there = await stat(folder).then(
      (s) => s.isDirectory(),
      () => false,
    );
    if (there) continue;
    const { line, column } = loaded.placeOf(["systems", loaded.config.systems.indexOf(system), "folder"]);
    problems.push({
      file: loaded.file,
      line,
      column,
      problem: `no such folder: ${folder}`,
      fix: "create it or correct the path",
    });
  }
  return problems;
}

export function command(io: CliIo): Command {
  return new Command("validate")
    .description("check a configuration and show every error with its place and fix")
    .argument("[file]", "configuration (default: $PLUMBLINE_CONFIG, else plumbline.yaml)")
    .option("--no-secrets", "do not check that secrets can be resolved on this machine")
    .option("--json", "machine-readable result", false)
    .addHelpText(
      "after",
      "\nExample:\n  $ plumbline validate plumbline.yaml\n  plumbline.yaml:12:5 unknown key “onwer” in audiences[0] → did you mean “owner”?",
    )
    .action(async (file: string | undefined, options: { secrets: boolean; json: boolean }) => {
      const known = Object.fromEntries(ALL_CHECKS.map((check) => [check.name, check.defaults]));
      io.exit(await runValidate({ file: file ?? null, ...options }, io, known));
    });
}
