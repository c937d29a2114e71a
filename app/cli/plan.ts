import { Command, Option } from "commander";
import { Type } from "typebox";
import { AuditorError } from "../../core/errors.ts";
import { audienceId, systemId } from "../../core/model.ts";
import type { Op } from "../../core/repair.ts";
import { getIncident } from "../../store/get-incident.ts";
import { PlanDetail, PlanList } from "../api/contract/plan.ts";
import type { CliIo } from "./command.ts";
import { planExit, printPlan } from "./print-plan.ts";
import { type CommonOptions, idOf, printJson, withRuntime } from "./with-runtime.ts";
import { writeExport } from "./write-export.ts";

/** One plan; with `--list` or without an argument all of them. */
export const output = Type.Union([PlanDetail, PlanList], { title: "plumbline plan --json" });

type Options = CommonOptions & {
  readonly list: boolean;
  readonly system?: string;
  readonly only?: Op;
  readonly csv: boolean;
  readonly out?: string;
};

export function command(io: CliIo): Command {
  return new Command("plan")
    .description("draft a repair and show exactly what it would change")
    .argument("[what]", "an audience, an incident (INC-1042), or a plan to show (PL-88)")
    .option("--list", "list the plans", false)
    .option("--system <id>", "only this system’s copy of the audience")
    .addOption(
      new Option("--only <op>", "only this kind of change").choices(["suppress", "remove", "add", "set"]),
    )
    .option("--csv", "every change and everybody left out, with unmasked identifiers, as CSV", false)
    .option("--out <file>", "with --csv: a new file that only you can read, instead of the terminal")
    .option("--config <file>", "configuration (default: $PLUMBLINE_CONFIG)")
    .option("--as <name>", "who you are, from people:")
    .option("--json", "machine-readable result", false)
    .addHelpText(
      "after",
      "\nExample:\n  $ plumbline plan INC-1042\n  PL-88 checked: 1,204 changes for Do not contact, drafted by local",
    )
    .action(async (what: string | undefined, o: Options) => {
      await withRuntime(o, io, async ({ app, services: { repair } }, me) => {
        if (o.list || what === undefined) {
          const plans = await repair.plans();
          if (o.json) printJson(io, { plans });
          else
            for (const p of plans)
              io.stdout.write(
                `PL-${p.id} ${p.state}${p.toReview === true ? ", to review" : ""}  ${p.changes} changes  ${p.audienceTitle}\n`,
              );
          return;
        }
        if (me.role === "viewer" && !/^PL-\d+$/i.test(what))
          throw new AuditorError(
            "not_allowed",
            "plan",
            "viewers cannot draft plans",
            "ask an editor, approver or admin",
          );
        const id = /^PL-\d+$/i.test(what)
          ? idOf("PL")(what)
          : (
              await repair.draft({
                author: me,
                ...(await target(what, o)),
                ...(o.only === undefined ? {} : { only: [o.only] }),
              })
            ).id;
        if (o.csv) {
          const csv = await repair.exportCsv(id, me);
          if (o.out === undefined) io.stdout.write(csv);
          else await writeExport(o.out, csv);
          return;
        }
        const detail = await repair.detail(id, me);
        if (o.json) printJson(io, detail);
        else printPlan(io, detail);
        io.exit(planExit(detail));

        async function target(text: string, options: Options) {
          if (!/^INC-\d+$/i.test(text)) {
            if (!app.config.audiences.some((a) => a.id === text))
              throw new AuditorError(
                "not_found",
                "argument",
                `there is no audience “${text}”`,
                `use one of ${app.config.audiences.map((a) => a.id).join(", ")}`,
              );
            return {
              audience: audienceId(text),
              incident: null,
              system: options.system === undefined ? null : systemId(options.system),
            };
          }
          const incident = await getIncident(app.db, idOf("INC")(text));
          if (incident === null)
            throw new AuditorError(
              "not_found",
              "argument",
              `there is no ${text}`,
              "see `plumbline incidents`",
            );
          if (incident.finding.audience === null)
            throw new AuditorError(
              "unsupported",
              text,
              incident.finding.siblings === undefined
                ? "it is about a whole system; there is nothing to repair person by person"
                : "it tells of several audiences, and each is repaired by itself",
              incident.finding.siblings === undefined
                ? "follow its steps in `plumbline incidents`"
                : `name one of ${incident.finding.siblings.map((s) => s.audience).join(", ")}, with --system ${incident.finding.system}`,
            );
          return { audience: incident.finding.audience, incident, system: incident.finding.system };
        }
      });
    });
}
