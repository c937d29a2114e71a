import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { Command } from "commander";
import { Type } from "typebox";
import { sendWeekly, weeklyReport } from "../alerts/weekly.ts";
import type { CliIo } from "./command.ts";
import { type CommonOptions, printJson, withRuntime } from "./with-runtime.ts";

const Rows = Type.Array(Type.Record(Type.String(), Type.Unknown()));

/** Shape of `plumbline report --json`. */
export const output = Type.Object(
  {
    week: Type.String(),
    company: Type.String(),
    range: Type.String(),
    subject: Type.String(),
    preheader: Type.String(),
    verdict: Type.Array(Type.Object({ text: Type.String(), strong: Type.Boolean() })),
    figures: Type.Array(Type.Object({ value: Type.String(), label: Type.String(), note: Type.String() })),
    decisions: Rows,
    decisionsTotal: Type.Integer(),
    changed: Rows,
    fixed: Rows,
    consent: Type.Object({
      startLabel: Type.String(),
      endLabel: Type.String(),
      rows: Rows,
      note: Type.String(),
    }),
    score: Type.Union([Type.String(), Type.Null()]),
    trust: Rows,
    noise: Type.String(),
    coming: Type.Array(Type.Object({ when: Type.String(), what: Type.String() })),
    footer: Type.String(),
    url: Type.String(),
  },
  { title: "plumbline report --json" },
);

type Options = CommonOptions & { readonly week?: string; readonly send: boolean; readonly html?: string };

export function command(io: CliIo): Command {
  return new Command("report")
    .description("print or send the weekly integrity report")
    .option("--week <week>", "an ISO week like 2026-W48 (default: the last seven days)")
    .option("--send", "mail it to everyone in routes.mail who has not had it", false)
    .option("--html <file>", "write the HTML part to a file that stands by itself")
    .option("--config <file>", "configuration (default: $PLUMBLINE_CONFIG)")
    .option("--json", "machine-readable result", false)
    .addHelpText(
      "after",
      "\nExample:\n  $ plumbline report --week 2026-W48 --html report.html\n  Plumbline: Harbour & Pine, week 48, 23 to 29 Nov 2026",
    )
    .action(async (o: Options) => {
      await withRuntime(o, io, async ({ app }) => {
        const made = await weeklyReport(app, o.week);
        if (o.html !== undefined) {
          await writeFile(resolve(io.cwd, o.html), made.html);
          io.stderr.write(`Wrote ${o.html}\n`);
        }
        if (o.json) printJson(io, made.report);
        else if (o.html === undefined && !o.send) io.stdout.write(made.text);
        if (!o.send) return;
        const { week, sent, hadIt, inDoubt } = await sendWeekly(app, o.week);
        io.stderr.write(
          `Report of ${week}: sent to ${sent}${hadIt === 0 ? "" : `, ${hadIt} had it already`}.${inDoubt ? " One of them may not have: the process ended while that mail was on its way." : ""}\n`,
        );
      });
    });
}
