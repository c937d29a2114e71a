import { Command } from "commander";
import { Type } from "typebox";
import { AuditorError } from "../../core/errors.ts";
import { audiencesOf, isOfSystem } from "../../core/incident-order.ts";
import { getIncident } from "../../store/get-incident.ts";
import { plansOfIncident } from "../../store/plans-of-incident.ts";
import type { App } from "../app.ts";
import type { CliIo } from "./command.ts";
import { type CommonOptions, idOf, printJson, withRuntime } from "./with-runtime.ts";

const Hop = Type.Object({
  at: Type.String(),
  hop: Type.String(),
  text: Type.String(),
  runId: Type.Union([Type.String(), Type.Null()]),
});
export const output = Type.Object(
  { incident: Type.Integer(), hops: Type.Array(Hop) },
  { title: "plumbline trace --json" },
);

type Hop = { at: string; hop: string; text: string; runId: string | null };

/** From the reading that raised it to the repair that ended it, each hop with its run. */
export async function traceOf(app: App, id: number): Promise<Hop[]> {
  const incident = await getIncident(app.db, id);
  if (incident === null)
    throw new AuditorError(
      "not_found",
      "argument",
      `there is no INC-${id}`,
      "see `plumbline incidents --all`",
    );
  const f = incident.finding;
  const hops: Hop[] = [];
  const read = isOfSystem(f) ? [null] : audiencesOf(f);
  const history = (await Promise.all(read.map((a) => app.audits.snapshots(a, f.system, 200)))).flat();
  for (const s of history.filter((x) => x.runId === incident.runId)) {
    hops.push({
      at: s.takenAt,
      hop: "read",
      runId: s.runId,
      text: `${f.system}: ${s.coverage}, ${s.because}`,
    });
    if (s.setFile !== null)
      hops.push({
        at: s.takenAt,
        hop: "set",
        runId: s.runId,
        text: `${s.metrics.size?.numerator ?? "?"} persons in ${s.setFile}`,
      });
  }
  for (const audience of audiencesOf(f)) {
    const comparison = (await app.audits.comparisons(audience, 200)).find((c) => c.runId === incident.runId);
    const counts = comparison?.perSystem[f.system];
    if (comparison === undefined || counts === undefined) continue;
    const of = f.siblings === undefined ? "" : `${audience}: `;
    hops.push({
      at: comparison.asOf,
      hop: "comparison",
      runId: comparison.runId,
      text: `${of}${counts.missing ?? "?"} missing, ${counts.extra ?? "?"} extra against ${comparison.owner}`,
    });
  }
  hops.push({ at: incident.openedAt, hop: "check", runId: incident.runId, text: `${f.check}: ${f.title}` });
  for (const e of await app.audits.incidentEvents(id))
    hops.push({ at: e.at, hop: "incident", runId: null, text: `${e.kind} by ${e.actor}: ${e.text}` });
  const message = await app.notices.slackMessage(id);
  if (message !== null)
    hops.push({
      at: incident.changedAt,
      hop: "slack",
      runId: null,
      text: `message ${message.ts} in ${message.channel}`,
    });
  for (const row of await plansOfIncident(app.db, id)) {
    const plan = await app.plans.get(row.id);
    if (plan === null) continue;
    hops.push({
      at: plan.doc.createdAt,
      hop: "plan",
      runId: null,
      text: `PL-${plan.id} ${plan.state}, ${plan.doc.changes.length} changes, content ${plan.hash.slice(0, 8)}`,
    });
    for (const a of plan.approvals)
      hops.push({ at: a.at, hop: "approval", runId: null, text: `by ${a.person}` });
    if (plan.startedAt !== null)
      hops.push({ at: plan.startedAt, hop: "apply", runId: null, text: "started" });
    if (plan.endedAt === null) continue;
    const c = await app.plans.counts(plan.id);
    hops.push({
      at: plan.endedAt,
      hop: "verify",
      runId: null,
      text: `${c.applied} applied and read back, ${c.already_so} already so, ${c.failed} failed, ${c.unknown} unknown`,
    });
  }
  return hops.sort((a, b) => a.at.localeCompare(b.at));
}

export function command(io: CliIo): Command {
  return new Command("trace")
    .description("show the path from an incident back to the readings, and on to the repair")
    .argument("<incident>", "INC-1042", idOf("INC"))
    .option("--config <file>", "configuration (default: $PLUMBLINE_CONFIG)")
    .option("--json", "machine-readable result", false)
    .addHelpText("after", "\nExample:\n  $ plumbline trace INC-1042")
    .action(async (incident: number, o: CommonOptions) => {
      await withRuntime(o, io, async ({ app }) => {
        const hops = await traceOf(app, incident);
        if (o.json) printJson(io, { incident, hops });
        else
          for (const h of hops)
            io.stdout.write(
              `${h.at}  ${h.hop.padEnd(10)} ${h.text}${h.runId === null ? "" : `  (${h.runId})`}\n`,
            );
      });
    });
}
