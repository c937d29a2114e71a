import { readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { Command } from "commander";
import { Type } from "typebox";
import { AuditorError } from "../../core/errors.ts";
import { type CliIo, EXIT, type ExitCode } from "./command.ts";

export type InitArgs = {
  readonly file: string;
  /** The complete commented example instead of the smallest useful one. */
  readonly example: boolean;
  readonly force: boolean;
  readonly json: boolean;
};

/** Shape of `plumbline init --json`. */
export const output = Type.Object({ written: Type.Array(Type.String()) }, { title: "plumbline init --json" });

const SCHEMA = "plumbline.schema.json";
const template = (name: string): URL => new URL(`../../config/${name}`, import.meta.url);

/** Writes a configuration and, beside it, the JSON Schema that gives editors completion. Never overwrites unless told. */
export async function runInit(args: InitArgs, io: CliIo): Promise<ExitCode> {
  const path = resolve(io.cwd, args.file);
  const schemaPath = join(dirname(path), SCHEMA);
  await write(
    path,
    await readFile(template(args.example ? "example.yaml" : "minimal.yaml"), "utf8"),
    args.force,
  );
  await writeFile(schemaPath, await readFile(template(SCHEMA), "utf8"));
  if (args.json) io.stdout.write(`${JSON.stringify({ written: [path, schemaPath] }, null, 2)}\n`);
  else {
    io.stdout.write(`${path}\n${schemaPath}\n`);
    io.stderr.write(`Next: fill it in, then run plumbline validate ${basename(path)}\n`);
  }
  return EXIT.ok;
}

async function write(path: string, text: string, force: boolean): Promise<void> {
  try {
    await writeFile(path, text, { flag: force ? "w" : "wx" });
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : "";
    if (code === "EEXIST")
      throw new AuditorError(
        "config",
        path,
        "the file exists and was left as it is",
        "choose another name or add --force",
        { cause },
      );
    if (code === "ENOENT")
      throw new AuditorError("config", path, "the folder does not exist", "create it first", { cause });
    if (code === "EACCES")
      throw new AuditorError("config", path, "the folder may not be written", "choose another one", {
        cause,
      });
    throw cause;
  }
}

export function command(io: CliIo): Command {
  return new Command("init")
    .description("write a first plumbline.yaml, and the schema for your editor")
    .argument("[file]", "where to", "plumbline.yaml")
    .option("--example", "write the complete commented example", false)
    .option("--force", "overwrite what is there", false)
    .option("--json", "machine-readable result", false)
    .addHelpText("after", "\nExample:\n  $ plumbline init && plumbline validate --no-secrets")
    .action(async (file: string, options: { example: boolean; force: boolean; json: boolean }) => {
      io.exit(await runInit({ file, ...options }, io));
    });
}
