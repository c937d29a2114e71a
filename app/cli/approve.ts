import { Command } from "commander";
import { PlanDetail } from "../api/contract/plan.ts";
import type { CliIo } from "./command.ts";
import { planExit, printPlan, refuseStale } from "./print-plan.ts";
import { type CommonOptions, idOf, printJson, withRuntime } from "./with-runtime.ts";

export const output = PlanDetail;

export function command(io: CliIo): Command {
  return new Command("approve")
    .description("approve a plan")
    .argument("<plan>", "PL-88", idOf("PL"))
    .requiredOption("--confirm <text>", 'plan and number of changes, as the plan shows it: "PL-88 1204"')
    .option("--automations", "the automations it may start are fine", false)
    .option("--config <file>", "configuration (default: $PLUMBLINE_CONFIG)")
    .option("--as <name>", "who you are, from people:")
    .option("--json", "machine-readable result", false)
    .addHelpText("after", '\nExample:\n  $ plumbline approve PL-88 --confirm "PL-88 1204"')
    .action(async (id: number, o: CommonOptions & { confirm: string; automations: boolean }) => {
      await withRuntime(o, io, async ({ services: { repair } }, me) => {
        const seen = await repair.detail(id, me);
        refuseStale(seen);
        await repair.approve(id, me, { hash: seen.hash, confirm: o.confirm, automations: o.automations });
        const detail = await repair.detail(id, me);
        if (o.json) printJson(io, detail);
        else printPlan(io, detail);
        io.exit(planExit(detail));
      });
    });
}
