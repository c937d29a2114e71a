import { resolve } from "node:path";
import { Command } from "commander";
import { requireConfig, secretsOf } from "../../config/read.ts";
import { resolveSecret } from "../../config/secret.ts";
import { runId } from "../../core/model.ts";
import { resultOf, output as shape } from "../connect/result.ts";
import { testSystem } from "../connect/test-system.ts";
import { connectText } from "../connect/text.ts";
import { logOf, makeLogger } from "../log.ts";
import { type CliIo, EXIT } from "./command.ts";
import { printJson } from "./with-runtime.ts";

export const output = shape;

type Options = { readonly config?: string; readonly json: boolean; readonly full: boolean };

/** Pages of each copy that are read without --full. */
const PAGES = 3;

export function command(io: CliIo): Command {
  const test = new Command("test")
    .description("read a few pages of one system and show what was understood")
    .argument("<system>", "id of the system")
    .option("--config <file>", "configuration (default: $PLUMBLINE_CONFIG, else plumbline.yaml)")
    .option("--full", "read every copy to its end, which proves that it is whole", false)
    .option("--json", "machine-readable result", false)
    .addHelpText(
      "after",
      "\nFirst rows masked, total, proof of the end, rate limit seen, rights in excess, and what the schedule will cost.\nNothing is written or kept.\n\nExample:\n  $ plumbline connect test shop",
    )
    .action(async (system: string, o: Options) => {
      const file = o.config ?? (io.env.PLUMBLINE_CONFIG || "plumbline.yaml");
      const loaded = await requireConfig(resolve(io.cwd, file));
      const source = secretsOf(loaded, io.env);
      const tested = await testSystem(
        loaded.config,
        loaded.folder,
        system,
        o.full ? null : PAGES,
        (ref) => resolveSecret(ref, source),
        {
          signal: io.signal,
          clock: { now: () => new Date() },
          log: logOf(makeLogger(io.env.PLUMBLINE_LOG)),
          runId: runId("connect-test"),
        },
      );
      const result = resultOf(tested);
      if (o.json) printJson(io, result);
      else io.stdout.write(connectText(result));
      const states = result.copies.map((c) => c.state);
      if (states.includes("unusable")) io.exit(EXIT.error);
      if (states.includes("partial")) io.exit(EXIT.partial);
    });
  return new Command("connect")
    .description("try one system before it is audited")
    .addCommand(test)
    .addHelpText("after", "\nExample:\n  $ plumbline connect test shop");
}
