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
  for (const g of d.groups) {
    io.stdout.write(
      `${g.systemTitle}: ${g.sizeNow === null ? "size not known" : `${count(g.sizeNow)} people now, ${count(g.sizeAfter ?? g.sizeNow)} after`}\n`,
    );
    for (const v of g.verbs) {
      io.stdout.write(
        `  ${VERB[v.op]} ${count(v.count)} ${v.op}${v.attribute === null ? "" : ` ${v.attribute}`}  ${v.rule}. ${v.undo}.\n`,
      );
      for (const s of v.sample.slice(0, 3)) io.stdout.write(`      ${s.masked}  ${s.from} → ${s.to}\n`);
    }
    for (const l of g.leftOut) io.stdout.write(`  ⊘ ${count(l.count)} left out: ${l.reason}\n`);
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
