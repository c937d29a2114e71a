import { Command } from "commander";
import { PlanDetail } from "../api/contract/plan.ts";
import type { CliIo } from "./command.ts";
import { planExit, printPlan, refuseStale } from "./print-plan.ts";
import { type CommonOptions, idOf, printJson, withRuntime } from "./with-runtime.ts";

export const output = PlanDetail;

export function command(io: CliIo): Command {
  return new Command("override")
    .description("let a plan through that was refused for its size (an admin who did not draft it)")
    .argument("<plan>", "PL-88", idOf("PL"))
    .requiredOption("--reason <text>", "why; it stands on the plan and in the audit log")
    .option("--config <file>", "configuration (default: $PLUMBLINE_CONFIG)")
    .option("--as <name>", "who you are, from people:")
    .option("--json", "machine-readable result", false)
    .addHelpText(
      "after",
      '\nOnce per plan, for 60 minutes, and for no other safeguard. A second person still approves.\n\nExample:\n  $ plumbline override PL-88 --as Ben --reason "the brand was sold; its list is wound up"',
    )
    .action(async (id: number, o: CommonOptions & { reason: string }) => {
      await withRuntime(o, io, async ({ services: { repair } }, me) => {
        const seen = await repair.detail(id, me);
        refuseStale(seen);
        await repair.override(id, me, { hash: seen.hash, reason: o.reason });
        const detail = await repair.detail(id, me);
        if (o.json) printJson(io, detail);
        else printPlan(io, detail);
        io.exit(planExit(detail));
      });
    });
}
