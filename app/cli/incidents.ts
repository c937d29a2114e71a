import { Command } from "commander";
import { Type } from "typebox";
import { AuditorError } from "../../core/errors.ts";
import { getIncident } from "../../store/get-incident.ts";
import { listIncidents } from "../../store/list-incidents.ts";
import { type CliIo, EXIT } from "./command.ts";
import { type CommonOptions, idOf, printJson, withRuntime } from "./with-runtime.ts";

const Incident = Type.Object({
  id: Type.Integer(),
  state: Type.String(),
  severity: Type.String(),
  title: Type.String(),
  moved: Type.String(),
  means: Type.String(),
  cause: Type.Object({ certainty: Type.String(), text: Type.Union([Type.String(), Type.Null()]) }),
  todo: Type.Array(Type.String()),
  openedAt: Type.String(),
  owner: Type.Union([Type.String(), Type.Null()]),
});
export const output = Type.Object(
  { incidents: Type.Array(Incident) },
  { title: "plumbline incidents --json" },
);

export function command(io: CliIo): Command {
  return new Command("incidents")
    .description("list and show incidents")
    .argument("[incident]", "INC-1042; without: all that are open", idOf("INC"))
    .option("--all", "resolved ones too", false)
    .option("--config <file>", "configuration (default: $PLUMBLINE_CONFIG)")
    .option("--json", "machine-readable result", false)
    .addHelpText(
      "after",
      "\nExample:\n  $ plumbline incidents\n  ◆ INC-1042 open   1,204 opted-out people can be mailed from Ghost",
    )
    .action(async (which: number | undefined, o: CommonOptions & { all: boolean }) => {
      await withRuntime(o, io, async ({ app }) => {
        const one = which === undefined ? null : await getIncident(app.db, which);
        if (which !== undefined && one === null)
          throw new AuditorError(
            "not_found",
            "argument",
            `there is no INC-${which}`,
            "see `plumbline incidents --all`",
          );
        const found =
          one === null
            ? (await listIncidents(app.db, { state: o.all ? "all" : "open", limit: 500, offset: 0 }))
                .incidents
            : [one];
        if (o.json) {
          printJson(io, {
            incidents: found.map((i) => ({
              id: i.id,
              state: i.state,
              severity: i.severity,
              title: i.finding.title,
              moved: i.finding.moved,
              means: i.finding.means,
              cause: i.finding.cause,
              todo: i.finding.todo,
              openedAt: i.openedAt,
              owner: i.owner,
            })),
          });
        } else if (one !== null) {
          const f = one.finding;
          io.stdout.write(`INC-${one.id} ${one.state}: ${f.title}\n${f.moved}\n${f.means}\n`);
          if (f.cause.text !== null)
            io.stdout.write(
              `${f.cause.certainty === "confirmed" ? "Confirmed" : "Likely"} cause: ${f.cause.text}\n`,
            );
          for (const [n, step] of f.todo.entries()) io.stdout.write(`${n + 1}. ${step}\n`);
        } else {
          for (const i of found)
            io.stdout.write(
              `${i.finding.cantTell ? "○" : i.severity === "act" ? "◆" : "▲"} INC-${i.id} ${i.state.padEnd(12)} ${i.finding.title}\n`,
            );
          if (found.length === 0) io.stdout.write("✓ No open incidents.\n");
        }
        const open = found.filter((i) => i.state !== "resolved");
        if (open.some((i) => !i.finding.cantTell)) io.exit(EXIT.findings);
        else if (open.length > 0) io.exit(EXIT.partial); // nothing is known to be wrong, but something was not read
      });
    });
}
