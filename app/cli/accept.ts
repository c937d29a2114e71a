import { Command } from "commander";
import { Type } from "typebox";
import { AuditorError } from "../../core/errors.ts";
import { audienceId, instant } from "../../core/model.ts";
import { appendAuditLog } from "../../store/append-audit-log.ts";
import { putAudienceBase } from "../../store/put-audience-base.ts";
import type { CliIo } from "./command.ts";
import { type CommonOptions, printJson, withRuntime } from "./with-runtime.ts";

export const output = Type.Object(
  { accepted: Type.Array(Type.String()) },
  { title: "plumbline accept --json" },
);

export function command(io: CliIo): Command {
  return new Command("accept")
    .description(
      "accept the owner’s list as the base: from now on whoever is missing there counts as removed",
    )
    .argument("<audience...>", "ids of audiences, or all")
    .option("--config <file>", "configuration (default: $PLUMBLINE_CONFIG)")
    .option("--as <name>", "who you are, from people:")
    .option("--json", "machine-readable result", false)
    .addHelpText(
      "after",
      "\nWithout an accepted base Plumbline plans no removals.\n\nExample:\n  $ plumbline accept active_customers",
    )
    .action(async (names: string[], o: CommonOptions) => {
      await withRuntime(o, io, async ({ app }, me) => {
        if (me.role === "viewer")
          throw new AuditorError(
            "not_allowed",
            "accept",
            "viewers cannot accept a base",
            "ask an editor, approver or admin",
          );
        const wanted = names.includes("all") ? app.config.audiences.map((a) => a.id) : names.map(audienceId);
        for (const id of wanted) {
          if (!app.config.audiences.some((a) => a.id === id))
            throw new AuditorError(
              "not_found",
              "argument",
              `there is no audience “${id}”`,
              `use one of ${app.config.audiences.map((a) => a.id).join(", ")}`,
            );
          const comparison = (await app.audits.comparisons(id, 1))[0];
          if (comparison === undefined)
            throw new AuditorError(
              "refused",
              id,
              "it was never compared, so there is nothing to accept",
              "run `plumbline audit` first",
            );
          const at = instant(app.clock.now());
          const { runId } = comparison;
          await app.db.tx(async (sql) => {
            await putAudienceBase(sql, { audience: id, acceptedAt: at, acceptedBy: me.name, runId });
            await appendAuditLog(sql, {
              at,
              actor: me.name,
              action: "base.accepted",
              object: id,
              detail: { runId },
            });
          });
        }
        if (o.json) printJson(io, { accepted: wanted });
        else for (const id of wanted) io.stdout.write(`${id}: base accepted\n`);
      });
    });
}
