import { Command } from "commander";
import { serve } from "../serve/serve.ts";
import type { CliIo } from "./command.ts";
import { portFromEnv, type Serving, output as serveOutput, withServing } from "./serve.ts";

/** It prints what `serve` prints. */
export const output = serveOutput;

export function command(io: CliIo): Command {
  return withServing(new Command("demo"))
    .description("run the demo company, with planted faults, and its dashboard")
    .addHelpText(
      "after",
      "\nIt is made once and kept; a second start goes on with it.\n\nExample:\n  $ plumbline demo --size 100k",
    )
    .action(async (o: Serving) => {
      const { PLUMBLINE_CONFIG: _configured, ...env } = io.env;
      await serve({ ...o, configPath: null, port: o.port ?? portFromEnv(io) }, { ...io, env });
    });
}
