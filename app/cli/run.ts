import { Command, CommanderError } from "commander";
import { AuditorError, type ErrorKind } from "../../core/errors.ts";
import { VERSION } from "../version.ts";
import { type CliIo, EXIT, type ExitCode, worst } from "./command.ts";
import { COMMANDS, loadCommand } from "./commands.ts";

const HELP = `
Examples:
  $ plumbline compare warehouse.csv klaviyo.csv --id email --attributes plan,region
  $ plumbline demo
  $ plumbline init && plumbline validate

Exit codes, the first that applies: 130 interrupted (safe to run again), 64 usage, 1 error,
4 refused by a safeguard, 5 plan stale, 6 not allowed, 2 findings or differences,
3 something was read partially, 7 no verdict possible, 0 ok.`;

const CODE_OF: Readonly<Partial<Record<ErrorKind, ExitCode>>> = {
  refused: EXIT.refused,
  stale: EXIT.stale,
  not_allowed: EXIT.notAllowed,
  interrupted: EXIT.interrupted,
};

/** Runs one command line; never throws and never ends the process. `argv` is without node and script. */
export async function runCli(argv: readonly string[], surroundings: Omit<CliIo, "exit">): Promise<ExitCode> {
  const codes: ExitCode[] = [];
  const io: CliIo = { ...surroundings, exit: (code) => void codes.push(code) };
  try {
    const program = await buildProgram(argv, io);
    if (argv.length === 0) program.outputHelp();
    else await program.parseAsync([...argv], { from: "user" });
  } catch (error) {
    codes.push(explain(error, io));
  }
  return worst(codes);
}

async function buildProgram(argv: readonly string[], io: CliIo): Promise<Command> {
  const program = new Command("plumbline")
    .description(
      "An auditor for marketing audiences: compares every copy person by person, and repairs what drifted.",
    )
    .version(VERSION)
    .helpCommand("help [command]")
    .addHelpText("after", HELP);
  const wanted = argv[0] === "help" ? argv[1] : argv.find((word) => !word.startsWith("-"));
  for (const [name, summary] of Object.entries(COMMANDS)) {
    const module = name === wanted ? await loadCommand(name) : null;
    program.addCommand(module ? module.command(io) : stub(name, summary));
  }
  settle(program, io);
  return program;
}

/** Stands in the list of commands; reached only when this build lacks the command. */
function stub(name: string, summary: string): Command {
  return new Command(name)
    .description(summary)
    .allowUnknownOption()
    .allowExcessArguments()
    .action(() => {
      throw new AuditorError(
        "unsupported",
        `plumbline ${name}`,
        "this build does not have the command",
        "run npm run build, or use a newer version",
      );
    });
}

/** Commander neither writes past our streams nor ends the process, in subcommands too. */
function settle(command: Command, io: CliIo): void {
  command.exitOverride().showSuggestionAfterError(true);
  command.configureOutput({
    writeOut: (text) => void io.stdout.write(text),
    writeErr: (text) => void io.stderr.write(text),
  });
  for (const child of command.commands) settle(child, io);
}

function explain(error: unknown, io: CliIo): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof AuditorError) {
    io.stderr.write(`${error.message}\n`);
    // whatever failed because of Ctrl-C, it was interrupted
    return io.signal.aborted ? EXIT.interrupted : (CODE_OF[error.kind] ?? EXIT.error);
  }
  if (io.signal.aborted) {
    io.stderr.write("Interrupted; it is safe to run this again.\n");
    return EXIT.interrupted;
  }
  io.stderr.write(`${unexpected(error, io.env.PLUMBLINE_DEBUG !== undefined)}\n`);
  return EXIT.error;
}

/** Messages of foreign errors may quote a value, a person's address for one, so they are shown only on request. */
function unexpected(error: unknown, debug: boolean): string {
  if (debug) return error instanceof Error ? (error.stack ?? error.message) : String(error);
  const name = error instanceof Error ? error.name : typeof error;
  const code = error instanceof Error && "code" in error ? ` ${String(error.code)}` : "";
  const frame =
    error instanceof Error
      ? (/\n\s+at .*?([^\s(/]+\/[^/\s]+:\d+:\d+)/.exec(error.stack ?? "")?.[1] ?? "")
      : "";
  return `plumbline: unexpected ${name}${code}${frame ? ` at ${frame}` : ""} → set PLUMBLINE_DEBUG=1 to see its message, which may hold personal data`;
}
