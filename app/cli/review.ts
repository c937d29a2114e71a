import { Command } from "commander";
import { PlanDetail } from "../api/contract/plan.ts";
import type { CliIo } from "./command.ts";
import { printPlan } from "./print-plan.ts";
import { type CommonOptions, idOf, printJson, withRuntime } from "./with-runtime.ts";

export const output = PlanDetail;

export function command(io: CliIo): Command {
  return new Command("review")
    .description("say that you looked at suppressions which their author carried out alone")
    .argument("<plan>", "PL-88", idOf("PL"))
    .option("--config <file>", "configuration (default: $PLUMBLINE_CONFIG)")
    .option("--as <name>", "who you are, from people:")
    .option("--json", "machine-readable result", false)
    .addHelpText(
      "after",
      "\nAn approver or admin other than the author; where there is none, the author a day later.\n\nExample:\n  $ plumbline review PL-88 --as Ben",
    )
    .action(async (id: number, o: CommonOptions) => {
      await withRuntime(o, io, async ({ services: { repair } }, me) => {
        await repair.review(id, me);
        const detail = await repair.detail(id, me);
        if (o.json) printJson(io, detail);
        else printPlan(io, detail);
      });
    });
}
