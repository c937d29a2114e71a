import type { WriterJob } from "../core/config.ts";
import type { SyncRun } from "../core/facts.ts";
import type { Check, CheckInput, Finding, Outcome } from "../core/finding.ts";
import { ghostAcksOf } from "./ghost-acks.ts";
import { PASS, skip } from "./readings.ts";
import { settingsOf } from "./settings.ts";
import type { Share } from "./stats/proportion.ts";
import { wilson } from "./stats/wilson.ts";
import { endOf } from "./sync-runs.ts";
import { failedRowsFinding, failedRunsFinding, throttledFinding } from "./words/sync-failure.ts";

const DEFAULTS = {
  failed_share: 0.1,
  /** The last so many runs that ended are judged, if there are enough of them. */
  runs: 20,
  minimum_runs: 5,
  minimum_failed: 2,
  /** One that failed must be among the last so many: what was mended is an old story. */
  lately: 5,
  rows_share: 0.01,
  minimum_rows: 100,
  minimum_people: 25,
  throttled_share: 0.05,
  waited_share: 0.5,
  waited_minutes: 10,
  minimum_requests: 100,
  minimum_throttled: 10,
  readings: 5,
};
type Settings = typeof DEFAULTS;

/**
 * What fills this system fails too often, or the system turns too much away: runs of sync jobs, rows of their last run,
 * our own reads, and what it acknowledged of our last repair without doing it. One finding per job or system, however many
 * audiences it concerns; of a repair, one per list.
 */
export const syncFailure: Check = {
  name: "sync_failure",
  defaults: DEFAULTS,
  run(input: CheckInput): Outcome {
    const settings = settingsOf(input.config, "sync_failure", DEFAULTS);
    if (!settings.enabled) return skip("not_configured");
    const latest = input.history.at(-1);
    if (latest === undefined || latest.runId !== input.runId) return skip("no_data");

    const verdicts: Verdict[] = [];
    for (const job of input.config.writers.filter((w) => w.to === input.system.id)) {
      const ended = input.syncRuns.filter((r) => r.job === job.name && r.state !== "running");
      verdicts.push(runsOf(input, job, ended, settings), rowsOf(input, job, ended, settings));
    }
    verdicts.push(throttleOf(input, settings), ghostAcksOf(input));
    const [first, ...more] = verdicts.flatMap((v) => (typeof v === "string" ? [] : [v]));
    if (first !== undefined) return { status: "fail", findings: [first, ...more] };
    if (verdicts.includes("fine")) return PASS;
    return skip(verdicts.includes("few") ? "learning" : "not_collected");
  },
};

/** "few": not enough yet to judge by; "untold": nobody tells. */
export type Verdict = Finding | "fine" | "few" | "untold";

function runsOf(input: CheckInput, job: WriterJob, ended: readonly SyncRun[], s: Settings): Verdict {
  if (ended.length === 0) return "untold";
  if (ended.length < s.minimum_runs) return "few";
  const last = ended.slice(-s.runs);
  const failed = last.filter((r) => r.state === "failed");
  const share: Share = { part: failed.length, whole: last.length };
  const bounds = wilson(share);
  if (bounds === null || bounds.low < s.failed_share || failed.length < s.minimum_failed) return "fine";
  if (!last.slice(-s.lately).some((r) => r.state === "failed")) return "fine";
  return failedRunsFinding(input, job, share, bounds, last);
}

/** Of the last run that succeeded and told its rows: one that failed as a whole is counted above. */
function rowsOf(input: CheckInput, job: WriterJob, ended: readonly SyncRun[], s: Settings): Verdict {
  const run = ended.findLast((r) => r.state === "succeeded" && r.rowsFailed !== null);
  const whole = run === undefined ? null : attempted(run);
  if (run === undefined || run.rowsFailed === null || whole === null) return "untold";
  if (whole < s.minimum_rows) return "few";
  const share: Share = { part: run.rowsFailed, whole };
  const bounds = wilson(share);
  if (bounds === null || bounds.low < s.rows_share || share.part < s.minimum_people) return "fine";
  return failedRowsFinding(input, job, share, bounds, endOf(run));
}

/** Rows that the run tried to write: what it wrote and what it could not, else all that it read. */
const attempted = (run: SyncRun): number | null =>
  run.rowsWritten !== null && run.rowsFailed !== null ? run.rowsWritten + run.rowsFailed : run.rowsRead;

/** Our own reads of the last days, partial ones too: a system that turns us away is why they are partial. */
function throttleOf(input: CheckInput, s: Settings): Verdict {
  const told = input.history.slice(-s.readings).flatMap(({ metrics: { throttled, waited_ms: waited } }) =>
    throttled?.numerator == null || throttled.denominator === null
      ? []
      : [
          {
            throttled: throttled.numerator,
            requests: throttled.denominator,
            waitedMs: waited?.numerator ?? 0,
            tookMs: waited?.denominator ?? 0,
          },
        ],
  );
  if (told.length === 0) return "untold";
  const sum = (f: (t: (typeof told)[number]) => number) => told.reduce((n, t) => n + f(t), 0);
  const share: Share = { part: sum((t) => t.throttled), whole: sum((t) => t.requests) };
  const waited = { ms: sum((t) => t.waitedMs), ofMs: sum((t) => t.tookMs) };
  const bounds = wilson(share);
  const often =
    bounds !== null &&
    share.whole >= s.minimum_requests &&
    share.part >= s.minimum_throttled &&
    bounds.low >= s.throttled_share;
  const long =
    waited.ms >= s.waited_minutes * 60_000 && waited.ofMs > 0 && waited.ms >= waited.ofMs * s.waited_share;
  if (often || long) return throttledFinding(input, share, bounds, waited, told.length);
  return share.whole < s.minimum_requests ? "few" : "fine";
}
