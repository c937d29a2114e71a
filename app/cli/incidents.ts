import { Command } from "commander";
import { Type } from "typebox";
import { AuditorError } from "../../core/errors.ts";
import type { Incident as Known } from "../../core/finding.ts";
import { getIncident } from "../../store/get-incident.ts";
import { listIncidents } from "../../store/list-incidents.ts";
import { actOnIncident } from "../act-on-incident.ts";
import { type CliIo, EXIT } from "./command.ts";
import { type CommonOptions, idOf, printJson, withRuntime } from "./with-runtime.ts";

const Incident = Type.Object({
  id: Type.Integer(),
  state: Type.String(),
  /** A person said that it was not a problem. */
  markedFalse: Type.Boolean(),
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

const stateOf = (i: Known): string =>
  i.state === "resolved" && (i.markedFalseAt ?? null) !== null ? "not a problem" : i.state;

type Options = CommonOptions & {
  readonly all: boolean;
  readonly notAProblem: boolean;
  readonly note?: string;
};

export function command(io: CliIo): Command {
  const incidents = new Command("incidents");
  return incidents
    .description("list and show incidents")
    .argument("[incident]", "INC-1042; without: all that are open", idOf("INC"))
    .option("--all", "resolved ones too", false)
    .option("--not-a-problem", "say that the incident was a false alarm: it is resolved, and counted", false)
    .option("--note <text>", "with --not-a-problem: why")
    .option("--as <name>", "who of `people:` you are")
    .option("--config <file>", "configuration (default: $PLUMBLINE_CONFIG)")
    .option("--json", "machine-readable result", false)
    .addHelpText(
      "after",
      "\nExample:\n  $ plumbline incidents\n  ◆ INC-1042 open   1,204 opted-out people can be mailed from Ghost\n  $ plumbline incidents INC-1042 --not-a-problem --note 'the spring import'",
    )
    .action(async (which: number | undefined, o: Options) => {
      if (o.notAProblem && which === undefined)
        incidents.error("error: --not-a-problem of which incident? → name it, like INC-1042");
      await withRuntime(o, io, async ({ app }, me) => {
        let one = which === undefined ? null : await getIncident(app.db, which);
        if (which !== undefined && one === null)
          throw new AuditorError(
            "not_found",
            "argument",
            `there is no INC-${which}`,
            "see `plumbline incidents --all`",
          );
        if (one !== null && o.notAProblem) {
          const { id, version } = one;
          one = await actOnIncident(app, me, { id, action: "dismiss", version, note: o.note });
        }
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
              markedFalse: (i.markedFalseAt ?? null) !== null,
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
          io.stdout.write(`INC-${one.id} ${stateOf(one)}: ${f.title}\n${f.moved}\n${f.means}\n`);
          if (f.cause.text !== null)
            io.stdout.write(
              `${f.cause.certainty === "confirmed" ? "Confirmed" : "Likely"} cause: ${f.cause.text}\n`,
            );
          for (const [n, step] of f.todo.entries()) io.stdout.write(`${n + 1}. ${step}\n`);
        } else {
          for (const i of found)
            io.stdout.write(
              `${i.finding.cantTell ? "○" : i.severity === "act" ? "◆" : "▲"} INC-${i.id} ${stateOf(i).padEnd(13)} ${i.finding.title}\n`,
            );
          if (found.length === 0) io.stdout.write("✓ No open incidents.\n");
        }
        const open = found.filter((i) => i.state !== "resolved");
        if (open.some((i) => !i.finding.cantTell)) io.exit(EXIT.findings);
        else if (open.length > 0) io.exit(EXIT.partial); // nothing is known to be wrong, but something was not read
      });
    });
}
