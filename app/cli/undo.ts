import { Command } from "commander";
import { PlanDetail } from "../api/contract/plan.ts";
import type { CliIo } from "./command.ts";
import { planExit, printPlan } from "./print-plan.ts";
import { type CommonOptions, idOf, printJson, withRuntime } from "./with-runtime.ts";

export const output = PlanDetail;

export function command(io: CliIo): Command {
  return new Command("undo")
    .description("draft the inverse of an applied plan; approve and apply it like any other")
    .argument("<plan>", "PL-88", idOf("PL"))
    .option("--config <file>", "configuration (default: $PLUMBLINE_CONFIG)")
    .option("--as <name>", "who you are, from people:")
    .option("--json", "machine-readable result", false)
    .addHelpText(
      "after",
      "\nExample:\n  $ plumbline undo PL-88\n  PL-89 checked: 26,195 changes for Active customers",
    )
    .action(async (id: number, o: CommonOptions) => {
      await withRuntime(o, io, async ({ services: { repair } }, me) => {
        const detail = await repair.detail((await repair.undo(id, me)).id, me);
        if (o.json) printJson(io, detail);
        else printPlan(io, detail);
        io.exit(planExit(detail));
      });
    });
}
