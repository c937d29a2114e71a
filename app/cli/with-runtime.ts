import { InvalidArgumentError } from "commander";
import type { Person } from "../../core/config.ts";
import { AuditorError } from "../../core/errors.ts";
import { LOCAL } from "../api/session.ts";
import { makeLogger } from "../log.ts";
import { openRuntime, type Runtime } from "../runtime.ts";
import type { CliIo } from "./command.ts";

/** Options that every command with a configuration has. */
export type CommonOptions = { readonly config?: string; readonly json: boolean; readonly as?: string };

/** Opens what a command needs, joining a server that runs on the same data folder, and closes it again. */
export async function withRuntime<T>(
  o: CommonOptions,
  io: CliIo,
  use: (runtime: Runtime, me: Person) => Promise<T>,
): Promise<T> {
  const runtime = await openRuntime({
    role: "command",
    configPath: o.config ?? null,
    demo: { size: "10k", seed: 1 },
    io,
    logger: makeLogger(io.env.PLUMBLINE_LOG),
  });
  try {
    return await use(runtime, personFor(runtime, o.as));
  } finally {
    await runtime.close();
  }
}

/** Whoever can run commands on this machine has the files anyway; `--as` names who it is in the audit log. */
function personFor({ app }: Runtime, name: string | undefined): Person {
  if (name === undefined) return app.config.people[0] ?? LOCAL;
  const person = app.config.people.find((p) => p.name === name);
  if (person === undefined)
    throw new AuditorError(
      "config",
      "--as",
      `there is nobody called ${name} in people:`,
      "use a name from the configuration",
    );
  return person;
}

export const printJson = (io: CliIo, value: unknown): void =>
  void io.stdout.write(`${JSON.stringify(value, null, 2)}\n`);

/** For commander's arguments: "PL-88", "INC-1042" or the bare number. Anything else is a usage error. */
export const idOf =
  (prefix: "PL" | "INC") =>
  (text: string): number => {
    const match = new RegExp(`^(?:${prefix}-)?(\\d{1,9})$`, "i").exec(text);
    if (match?.[1] === undefined)
      throw new InvalidArgumentError(
        `Write it like ${prefix}-88; see plumbline ${prefix === "PL" ? "plan --list" : "incidents"}.`,
      );
    return Number(match[1]);
  };
