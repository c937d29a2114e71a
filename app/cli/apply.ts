import { Command } from "commander";
import { PlanDetail } from "../api/contract/plan.ts";
import { type CliIo, EXIT } from "./command.ts";
import { planExit, printPlan, refuseStale } from "./print-plan.ts";
import { showProgress } from "./progress.ts";
import { type CommonOptions, idOf, printJson, withRuntime } from "./with-runtime.ts";

export const output = PlanDetail;

export function command(io: CliIo): Command {
  return new Command("apply")
    .description("carry out an approved plan (prints it; writes only with --execute)")
    .argument("<plan>", "PL-88", idOf("PL"))
    .option("--execute", "really write to the systems", false)
    .option("--config <file>", "configuration (default: $PLUMBLINE_CONFIG)")
    .option("--as <name>", "who you are, from people:")
    .option("--json", "machine-readable result", false)
    .addHelpText("after", "\nExample:\n  $ plumbline apply PL-88 --execute")
    .action(async (id: number, o: CommonOptions & { execute: boolean }) => {
      await withRuntime(o, io, async ({ app, services: { repair } }, me) => {
        if (o.execute) {
          const seen = await repair.detail(id, me);
          refuseStale(seen);
          const { plan: row } = seen;
          const bar = showProgress(io, `Applying PL-${id}`, row.changes, async () => {
            const c = await app.plans.counts(id);
            return row.changes - c.waiting - c.in_doubt;
          });
          try {
            await repair.run(id, me, io.signal);
          } finally {
            bar.stop();
          }
        }
        const detail = await repair.detail(id, me);
        if (o.json) printJson(io, detail);
        else printPlan(io, detail);
        if (!o.execute) io.stderr.write("Nothing was written. Add --execute to carry it out.\n");
        io.exit(io.signal.aborted ? EXIT.interrupted : planExit(detail));
      });
    });
}
