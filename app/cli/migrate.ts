import { Command } from "commander";
import { Type } from "typebox";
import { instant } from "../../core/model.ts";
import { openDatabase } from "../../store/database.ts";
import { startEmbedded } from "../../store/embedded/start.ts";
import { migrate } from "../../store/migrate.ts";
import { logOf, makeLogger } from "../log.ts";
import { databaseUrlOf, dataDirOf } from "../runtime.ts";
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
    .addHelpText("after", "\nExample:\n  $ DATABASE_URL=postgres://… plumbline migrate")
    .action(async (o: { config?: string; json: boolean }) => {
      const log = logOf(makeLogger(io.env.PLUMBLINE_LOG));
      const databaseUrl = databaseUrlOf(io);
      const embedded =
        databaseUrl === null ? await startEmbedded({ dataDir: dataDirOf(io, o.config ?? null), log }) : null;
      try {
        const db = await openDatabase({
          url: databaseUrl ?? embedded?.url ?? "",
          applicationName: "plumbline migrate",
        });
        try {
          const applied = await migrate(db, instant(new Date()));
          if (o.json) printJson(io, { applied });
          else
            io.stdout.write(
              applied.length === 0
                ? "The database is up to date.\n"
                : `${applied.map((name) => `applied ${name}`).join("\n")}\n`,
            );
        } finally {
          await db.close();
        }
      } finally {
        await embedded?.stop();
      }
    });
}
