import { Command } from "commander";
import { Type } from "typebox";
import { logOf, makeLogger } from "../log.ts";
import { openStore } from "../open-store.ts";
import { dataDirOf } from "../runtime.ts";
import type { CliIo } from "./command.ts";
import { printJson } from "./with-runtime.ts";

/** Shape of `plumbline migrate --json`: names of the migrations that were applied now, in order. */
export const output = Type.Object(
  { applied: Type.Array(Type.String()) },
  { title: "plumbline migrate --json" },
);

export function command(io: CliIo): Command {
  return new Command("migrate")
    .description("bring the database up to date")
    .option(
      "--config <file>",
      "configuration whose database is meant (default: $PLUMBLINE_CONFIG, else the demo’s)",
    )
    .option("--json", "machine-readable result", false)
    .addHelpText(
      "after",
      "\nWith MIGRATE_DATABASE_URL, the owner of the tables, the role of DATABASE_URL gets the rights it needs and no more.\n\nExample:\n  $ MIGRATE_DATABASE_URL=postgres://owner… DATABASE_URL=postgres://app… plumbline migrate",
    )
    .action(async (o: { config?: string; json: boolean }) => {
      const store = await openStore({
        io,
        dataDir: dataDirOf(io, o.config ?? null),
        log: logOf(makeLogger(io.env.PLUMBLINE_LOG)),
        role: "command",
        applicationName: "plumbline migrate",
      });
      try {
        const { applied } = store;
        if (o.json) printJson(io, { applied });
        else
          io.stdout.write(
            applied.length === 0
              ? "The database is up to date.\n"
              : `${applied.map((name) => `applied ${name}`).join("\n")}\n`,
          );
      } finally {
        await store.close();
      }
    });
}
