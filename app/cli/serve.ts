import { Command, InvalidArgumentError } from "commander";
import { Type } from "typebox";
import { AuditorError } from "../../core/errors.ts";
import { serve } from "../serve/serve.ts";
import type { CliIo } from "./command.ts";

/** Each line that `plumbline serve --json` prints; `demo` prints the same. */
export const output = Type.Union(
  [
    Type.Object({ event: Type.Literal("listening"), url: Type.String() }),
    Type.Object({ event: Type.Literal("verdict"), lines: Type.Array(Type.String()) }),
  ],
  { title: "plumbline serve --json, one line each" },
);

const SIZE = /^(?:\d{1,4}k|[12]m|\d{3,7})$/i;
const MOST_SEED = 2 ** 31 - 1;

function portOf(text: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new InvalidArgumentError("A port is a number from 0 to 65535.");
  return port;
}

/** $PORT; null: not set. */
export function portFromEnv(io: Pick<CliIo, "env">): number | null {
  const text = io.env.PORT;
  if (text === undefined || text === "") return null;
  try {
    return portOf(text);
  } catch (cause) {
    throw new AuditorError("config", "PORT", `“${text}” is not a port`, "give a number from 0 to 65535", {
      cause,
    });
  }
}

function sizeOf(text: string): string {
  const people = Number(text.replace(/k$/i, "000").replace(/m$/i, "000000"));
  if (SIZE.test(text) && people >= 500 && people <= 2_000_000) return text.toLowerCase();
  throw new InvalidArgumentError("Use 1k, 10k, 100k, 1m, or a number from 500 to 2000000.");
}

function seedOf(text: string): number {
  const seed = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(seed <= MOST_SEED))
    throw new InvalidArgumentError(`A seed is a whole number from 0 to ${MOST_SEED}.`);
  return seed;
}

/** Options that `serve` and `demo` share. */
export const withServing = (command: Command): Command =>
  command
    .option(
      "--port <number>",
      "port; 0 takes any that is free (default: $PORT, else the configuration’s, else 4780)",
      portOf,
    )
    .option("--size <people>", "size of the demo company: 1k, 10k, 100k, 1m", sizeOf, "10k")
    .option("--seed <number>", "another seed plants the demo’s faults elsewhere", seedOf, 1)
    .option("--json", "one line of JSON for the address, one for the verdict", false);

export type Serving = {
  readonly port?: number;
  readonly size: string;
  readonly seed: number;
  readonly json: boolean;
};

export function command(io: CliIo): Command {
  return withServing(new Command("serve"))
    .description("serve the dashboard and API, and audit on schedule")
    .option("--config <file>", "configuration (default: $PLUMBLINE_CONFIG, else the demo company)")
    .addHelpText(
      "after",
      "\nEnds with Ctrl-C. Commands of the same data folder join it while it runs.\n\nExample:\n  $ plumbline serve --config plumbline.yaml --port 4780",
    )
    .action(async (o: Serving & { readonly config?: string }) => {
      await serve({ ...o, configPath: o.config ?? null, port: o.port ?? portFromEnv(io) }, io);
    });
}
