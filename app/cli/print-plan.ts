import { AuditorError } from "../../core/errors.ts";
import type { PlanDetail } from "../api/contract.ts";
import { count } from "../api/views/words.ts";
import { type CliIo, EXIT, type ExitCode } from "./command.ts";

const VERB = { suppress: "⊖", remove: "−", add: "+", set: "~" } as const;
const MARK = { pass: "✓", needs: "▲", fail: "✗" } as const;

/** The plan as the page shows it: what changes, safeguards, what is missing before it can run. */
export function printPlan(io: CliIo, d: PlanDetail): void {
  const { plan } = d;
  io.stdout.write(
    `PL-${plan.id} ${plan.state}: ${count(plan.changes)} changes for ${plan.audienceTitle}, drafted by ${plan.author}\n`,
  );
  if (d.replaces !== null) {
    const { planId, same, added, gone, other } = d.replaces;
    io.stdout.write(
      `Takes the place of PL-${planId}: ${count(same)} the same, ${count(added)} new, ${count(gone)} no longer in it, ${count(other)} different\n`,
    );
  }
  for (const g of d.groups) {
    io.stdout.write(
      `${g.systemTitle}: ${g.sizeNow === null ? "size not known" : `${count(g.sizeNow)} people now, ${count(g.sizeAfter ?? g.sizeNow)} after`}\n`,
    );
    for (const v of g.verbs) {
      io.stdout.write(
        `  ${VERB[v.op]} ${count(v.count)} ${v.op}${v.attribute === null ? "" : ` ${v.attribute}`}  ${v.rule}. ${v.undo}.\n`,
      );
      for (const s of v.sample)
        io.stdout.write(`      ${s.masked}  ${s.from} → ${s.to}${record(s.version)}\n`);
      if (v.count > v.sample.length)
        io.stdout.write(`      … ${count(v.sample.length)} of ${count(v.count)}\n`);
    }
    for (const f of g.forecast ?? []) io.stdout.write(`  ${FORECAST[f.what]}: ${told(f)}\n`);
    for (const l of g.leftOut) {
      io.stdout.write(`  ⊘ ${count(l.count)} left out: ${l.reason}\n`);
      for (const masked of l.sample) io.stdout.write(`      ${masked}\n`);
    }
  }
  for (const s of d.safeguards) io.stdout.write(`${MARK[s.verdict]} ${s.title} · ${s.because}\n`);
  if (d.override !== null)
    io.stdout.write(`Size overridden by ${d.override.by}, because “${d.override.reason}”\n`);
  for (const a of d.approvals)
    io.stdout.write(`Approved by ${a.person}${a.covers === null ? "" : `: ${a.covers}`}\n`);
  if (plan.endedAt !== null) {
    const c = d.counts;
    io.stdout.write(
      `applied ${count(c.applied)}, already so ${count(c.already_so)}, consent changed ${count(c.skipped_consent)}, changed since ${count(c.skipped_drift)}, failed ${count(c.failed)}, unknown ${count(c.unknown)}\n`,
    );
  }
  if (plan.undoes !== null || plan.endedAt !== null) printUndo(io, d);
  if (plan.because !== null) io.stdout.write(`${plan.state}: ${plan.because}\n`);
  if (d.review !== null)
    io.stdout.write(
      d.review.by === null
        ? `To review: ${count(d.review.suppressed)} suppressed by the author alone. An approver or admin: plumbline review PL-${plan.id}\n`
        : `Reviewed by ${d.review.by}\n`,
    );
  if (nothingLeft(d)) io.stdout.write("Nothing of it can be carried out: everyone is left out.\n");
  if (d.can.override)
    io.stdout.write(`Override its size with: plumbline override PL-${plan.id} --reason "…"\n`);
  if (d.can.approve)
    io.stdout.write(
      `Approve ${d.approves} with: plumbline approve PL-${plan.id} --confirm "${d.confirmText}"${d.needsAutomationsTick ? " --automations" : ""}\n`,
    );
  else if (d.can.apply) io.stdout.write(`Carry it out with: plumbline apply PL-${plan.id} --execute\n`);
}

const FORECAST = { mails: "Mails that ask to confirm", contacts: "New contacts", hooks: "Webhooks" } as const;

function told(f: NonNullable<PlanDetail["groups"][number]["forecast"]>[number]): string {
  const first = { none: "none", some: f.count === null ? "some" : count(f.count), cant_tell: "can’t tell" }[
    f.verdict
  ];
  return `${first}; ${f.text}`;
}

/** What was there before, as the vendor versions it. */
const record = (version: string | null): string => (version === null ? "" : `  (record ${version})`);

/** Said before anyone asks for the undo, and again with the undo itself. */
function printUndo(io: CliIo, { plan, undo }: PlanDetail): void {
  if (undo.words.length === 0) return;
  io.stdout.write(plan.undoes === null ? "An undo would take back:\n" : `Undo of PL-${plan.undoes}:\n`);
  for (const w of undo.words) io.stdout.write(`  ${w}\n`);
  if (plan.undoes !== null) return;
  if (undo.refused !== null) io.stdout.write(`  Not now: ${undo.refused}.\n`);
  else
    io.stdout.write(
      `  Possible for ${undo.daysLeft ?? 0} more ${undo.daysLeft === 1 ? "day" : "days"}: plumbline undo PL-${plan.id}\n`,
    );
}

/** Whoever was asked for is left out, each for a reason: a plan to read, not to apply. */
const nothingLeft = ({ plan, groups }: PlanDetail): boolean =>
  plan.changes === 0 && groups.some((g) => g.leftOut.length > 0);

/** @throws AuditorError stale: too late for this plan, whatever else could be said about it */
export function refuseStale({ plan }: PlanDetail): void {
  if (plan.state !== "expired" && plan.state !== "stale") return;
  throw new AuditorError(
    "stale",
    `PL-${plan.id}`,
    plan.because ?? `it is ${plan.state}`,
    "draft it again with plumbline plan",
  );
}

export function planExit(d: PlanDetail): ExitCode {
  switch (d.plan.state) {
    case "refused":
      return EXIT.refused;
    case "stale":
    case "expired":
      return EXIT.stale;
    case "done":
      return d.counts.failed + d.counts.unknown > 0 ? EXIT.error : EXIT.ok;
    case "stopped":
      return EXIT.error;
    default:
      return nothingLeft(d) ? EXIT.refused : EXIT.ok;
  }
}
