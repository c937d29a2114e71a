import { existsSync } from "node:fs";
import type { Command } from "commander";
import type { CliIo } from "./command.ts";

/** What every command module exports; also, as `output`, the TypeBox schema of its `--json` result, or what loads it. */
export type CommandModule = { command(io: CliIo): Command };

/** Name → one line for `plumbline --help`; the module of the same name is loaded only when it is asked for. */
export const COMMANDS: Readonly<Record<string, string>> = {
  demo: "run the demo company, with planted faults, and its dashboard",
  init: "write a first plumbline.yaml",
  validate: "check a configuration and show every error with its place and fix",
  connect: "try one system: what was understood, and what the schedule will cost",
  doctor: "check that every system, the database and the routes can be reached",
  audit: "read every copy, compare, and raise incidents",
  compare: "compare two or more exports person by person, without any configuration",
  detect: "judge anyone’s metrics: JSON lines on standard input, verdicts on standard output",
  backtest: "what a check would have raised with other settings, over the kept history",
  accept: "accept the current differences as the known backlog",
  plan: "draft a repair and show exactly what it would change",
  approve: "approve a plan",
  override: "let a plan through that was refused for its size (an admin, with a reason)",
  apply: "carry out an approved plan (prints it; writes only with --execute)",
  review: "say that you looked at suppressions which their author carried out alone",
  writes: "list, enable or disable writing to a system (off until an admin enables it)",
  undo: "draft the inverse of an applied plan",
  gate: "may a planned send go out? Go, No-go or Can’t tell",
  incidents: "list and show incidents",
  report: "print or send the weekly integrity report",
  trace: "show the path from an incident back to the readings, and on to the repair",
  "audit-log": "who did what: list, verify that nothing was changed, export, forget a person",
  serve: "serve the dashboard and API, and audit on schedule",
  migrate: "bring the database up to date",
};

/** The module of a command; null when this build does not have it. */
export async function loadCommand(name: string): Promise<CommandModule | null> {
  const module = await load(name);
  return isCommandModule(module) ? module : null;
}

/** JSON Schema of what `plumbline <name> --json` prints; null when the command does not say. */
export async function outputSchema(name: string): Promise<Record<string, unknown> | null> {
  const module = await load(name);
  if (typeof module !== "object" || module === null || !("output" in module)) return null;
  const output: unknown = typeof module.output === "function" ? await module.output() : module.output;
  const schema: unknown = JSON.parse(JSON.stringify(output));
  return { $schema: "https://json-schema.org/draft/2020-12/schema", ...Object(schema) };
}

async function load(name: string): Promise<unknown> {
  const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
  const url = new URL(`./${name}${extension}`, import.meta.url);
  try {
    return (await import(url.href)) as unknown;
  } catch (error) {
    if (!existsSync(url)) return null;
    throw error;
  }
}

const isCommandModule = (m: unknown): m is CommandModule =>
  typeof m === "object" && m !== null && "command" in m && typeof m.command === "function";
