import type { WriterJob } from "../core/config.ts";
import type { SyncRun } from "../core/facts.ts";
import type { Cause, CheckInput } from "../core/finding.ts";
import { type Instant, instant } from "../core/model.ts";
import { nextFire, parseCron } from "./cron.ts";
import { count } from "./words/format.ts";
import { moment } from "./words/when.ts";

/** A job may start this late before it counts as overdue. */
const GRACE_MS = 60 * 60_000;
/** A tool whose clock runs ahead starts a little before its time; that run is not the one before. */
const EARLY_MS = 5 * 60_000;

/** When a run ended, or when we were told so by a tool that did not say. */
export const endOf = (run: SyncRun): Instant => run.endedAt ?? run.receivedAt;

/**
 * The time at which a job should have started and did not. null: it is in time, its schedule is not known, it is
 * switched off, or its tool never told us of a run, so that silence says nothing.
 *
 * @param runs of this job, oldest first
 */
export function overdueSince(
  job: WriterJob,
  runs: readonly SyncRun[],
  now: Instant,
  timezone: string,
): Instant | null {
  const last = runs.at(-1);
  const cron = job.schedule === null ? null : parseCron(job.schedule);
  if (!job.enabled || last === undefined || cron === null) return null;
  const due = nextFire(cron, Date.parse(last.startedAt) + EARLY_MS, timezone);
  return due === null || due + GRACE_MS > Date.parse(now) ? null : instant(new Date(due));
}

/**
 * The last run of a job that fills this copy failed, by its tool's own word.
 *
 * @param from runs that ended before are too old to explain anything
 * @param until when the trouble was first read
 */
export function failedRun(
  input: CheckInput,
  jobs: readonly WriterJob[],
  from: string,
  until: Instant,
): Cause | null {
  for (const job of jobs) {
    const ended = input.syncRuns
      .filter((r) => r.job === job.name && r.state !== "running" && endOf(r) <= until)
      .at(-1);
    if (ended?.state === "failed" && endOf(ended) >= from)
      return {
        certainty: "confirmed",
        text: `the job “${job.name}” failed at ${moment(endOf(ended), input.now, input.config.timezone)}`,
      };
  }
  return null;
}

/** A job that fills this copy should have started before `until`, and did not. */
export function overdueRun(input: CheckInput, jobs: readonly WriterJob[], until: Instant): Cause | null {
  const { timezone } = input.config;
  for (const job of jobs) {
    const runs = input.syncRuns.filter((r) => r.job === job.name && r.startedAt <= until);
    const due = overdueSince(job, runs, until, timezone);
    const last = runs.at(-1);
    if (due !== null && last !== undefined)
      return {
        certainty: "confirmed",
        text: `the job “${job.name}” was due at ${moment(due, input.now, timezone)}, and its last run started at ${moment(last.startedAt, input.now, timezone)}`,
      };
  }
  return null;
}

/** A run that succeeded and wrote nothing, where runs before it wrote something: people are missing because of it, likely. */
export function emptyRun(
  input: CheckInput,
  jobs: readonly WriterJob[],
  from: string,
  until: Instant,
): Cause | null {
  for (const job of jobs) {
    const ended = input.syncRuns.filter(
      (r) => r.job === job.name && r.state === "succeeded" && endOf(r) <= until,
    );
    const last = ended.at(-1);
    if (last === undefined || last.rowsWritten !== 0 || endOf(last) < from) continue;
    const usual = ended
      .slice(0, -1)
      .map((r) => r.rowsWritten ?? 0)
      .at(-1);
    if (usual === 0) continue;
    const before = usual === undefined ? "" : `, ${count(usual)} the time before`;
    return {
      certainty: "likely",
      text: `the job “${job.name}” wrote 0 rows at ${moment(endOf(last), input.now, input.config.timezone)}${before}`,
    };
  }
  return null;
}
