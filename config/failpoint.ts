/**
 * Moments between two steps that a crash must not tear apart, beside those of an apply (sync/run.ts). A crash test names
 * one in PLUMBLINE_FAILPOINT and the process kills itself there; nobody else sets the variable, and without it this does
 * nothing.
 */
export const FAILPOINTS = [
  "plan.row_inserted",
  "plan.changes_inserted",
  "plan.created",
  "plan.logged",
  "plan.checked",
  "approve.recorded",
  "approve.moved",
  "lease.before_renew",
  "lease.renewed",
  "migration.started",
  "migration.changed",
  "migration.committed",
  "report.claimed",
  "report.sent",
  "report.kept",
  "slack.intended",
  "slack.posted",
  "slack.saved",
  "slack.settled",
  "audit.changed",
  "audit.committed",
  "incident.changed",
] as const;
export type Failpoint = (typeof FAILPOINTS)[number];

const passed = new Map<string, number>();

/** `PLUMBLINE_FAILPOINT=migration.committed@3` ends the process at the third passing; without `@`, at the first. */
export function failpoint(name: string): void {
  const wanted = process.env.PLUMBLINE_FAILPOINT;
  if (wanted === undefined || wanted.split("@")[0] !== name) return;
  const times = (passed.get(name) ?? 0) + 1;
  passed.set(name, times);
  if (times === Number(wanted.split("@")[1] ?? "1")) process.kill(process.pid, "SIGKILL");
}

/** The same for names that the compiler knows. */
export const at = (name: Failpoint): void => failpoint(name);
