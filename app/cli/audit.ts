import { Command } from "commander";
import { Type } from "typebox";
import { byUrgency } from "../../core/incident-order.ts";
import { count } from "../api/views/words.ts";
import type { AuditSummary } from "../audit/run-audit.ts";
import { unjudgedText } from "../audit/unjudged.ts";
import { showAudit } from "./audit-progress.ts";
import { type CliIo, EXIT, type ExitCode } from "./command.ts";
import { type CommonOptions, printJson, withRuntime } from "./with-runtime.ts";

/** Shape of `plumbline audit --json`. */
export const output = Type.Object(
  {
    runId: Type.String(),
    reads: Type.Array(
      Type.Object({
        system: Type.String(),
        audience: Type.Union([Type.String(), Type.Null()]),
        coverage: Type.String(),
        because: Type.String(),
        size: Type.Union([Type.Integer(), Type.Null()]),
        how: Type.Union([Type.String(), Type.Null()], {
          description:
            "of a copy in the database where its owner's is: whether it was read or compared there, and why",
        }),
      }),
    ),
    comparisons: Type.Array(
      Type.Object({
        audience: Type.String(),
        perSystem: Type.Record(
          Type.String(),
          Type.Object({
            missing: Type.Union([Type.Integer(), Type.Null()]),
            extra: Type.Union([Type.Integer(), Type.Null()]),
            mailableOptedOut: Type.Union([Type.Integer(), Type.Null()]),
          }),
        ),
      }),
    ),
    incidents: Type.Array(
      Type.Object({
        id: Type.Integer(),
        state: Type.String(),
        severity: Type.String(),
        title: Type.String(),
      }),
    ),
    unjudged: Type.Record(Type.String(), Type.Integer(), {
      description: "checks of a copy without a verdict, by reason",
    }),
  },
  { title: "plumbline audit --json" },
);

export function command(io: CliIo): Command {
  return new Command("audit")
    .description("read every copy, compare, and raise incidents")
    .option("--config <file>", "configuration (default: $PLUMBLINE_CONFIG)")
    .option("--scheduled", "counts as a regular read: use it from your own cron", false)
    .option("--no-pushdown", "read every copy, also where it could be compared in its database")
    .option("--json", "machine-readable result", false)
    .addHelpText(
      "after",
      "\nExample:\n  $ plumbline audit --config plumbline.yaml\n  ◆ INC-1001 1,204 opted-out people can be mailed from Ghost",
    )
    .action(async (o: CommonOptions & { scheduled: boolean; pushdown: boolean }) => {
      await withRuntime(o, io, async ({ app, services }) => {
        const bar = showAudit(io, () => app.progress.current);
        const summary = await services.audit
          .run(o.scheduled ? "scheduled" : "manual", io.signal, { pushdown: o.pushdown })
          .finally(() => bar.stop());
        if (o.json) printJson(io, jsonOf(summary));
        else print(io, summary);
        for (const code of exitCodes(summary)) io.exit(code);
      });
    });
}

function exitCodes(s: AuditSummary): ExitCode[] {
  const codes: ExitCode[] = [];
  const partly = s.reads.some(
    (r) => r.coverage === "partial" || (r.coverage === "unusable" && s.comparisons.length > 0),
  );
  if (s.open.some((i) => !i.finding.cantTell)) codes.push(EXIT.findings);
  if (partly) codes.push(EXIT.partial);
  if (s.comparisons.length === 0) codes.push(EXIT.noVerdict);
  return codes;
}

function print(io: CliIo, s: AuditSummary): void {
  for (const r of s.reads) {
    if (r.how !== null) io.stdout.write(`· ${r.system} ${r.audience}: ${r.how}\n`);
    if (r.coverage !== "complete")
      io.stdout.write(
        `○ ${r.system}${r.audience === null ? "" : ` ${r.audience}`}: ${r.coverage}, ${r.because}\n`,
      );
  }
  for (const c of s.comparisons) {
    const parts = c.systems
      .filter((x) => x !== c.owner)
      .map((x) => {
        const d = c.perSystem[x];
        if (d === undefined) return `${x} can’t tell`;
        const missing = d.missing ?? null;
        return missing === 0 && d.extra === 0
          ? `${x} same`
          : `${x} ${missing === null ? "?" : `−${count(missing)}`} +${d.extra === null ? "?" : count(d.extra)}`;
      });
    io.stdout.write(`${c.audience}: ${parts.join(", ") || "only the owner was read"}\n`);
  }
  for (const i of [...s.open].sort(byUrgency)) {
    io.stdout.write(
      `${i.finding.cantTell ? "○" : i.severity === "act" ? "◆" : "▲"} INC-${i.id} ${i.finding.title}\n`,
    );
  }
  const unjudged = unjudgedText(s.unjudged);
  if (unjudged !== null) io.stdout.write(`○ could not be judged: ${unjudged}\n`);
  if (s.comparisons.length === 0) io.stdout.write("Can’t tell: nothing could be compared.\n");
  else if (s.open.length === 0) io.stdout.write("✓ No open incidents.\n");
}

function jsonOf(s: AuditSummary): unknown {
  return {
    runId: s.runId,
    reads: s.reads,
    comparisons: s.comparisons.map((c) => ({
      audience: c.audience,
      perSystem: Object.fromEntries(
        Object.entries(c.perSystem).map(([k, d]) => [
          k,
          { missing: d.missing, extra: d.extra, mailableOptedOut: d.mailableOptedOut },
        ]),
      ),
    })),
    incidents: s.open.map((i) => ({
      id: i.id,
      state: i.state,
      severity: i.severity,
      title: i.finding.title,
    })),
    unjudged: s.unjudged,
  };
}
