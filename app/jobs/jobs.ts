import { hostname } from "node:os";
import { join } from "node:path";
import { instant } from "../../core/model.ts";
import { sweepOrphans } from "../../members/sweep.ts";
import { interruptRuns } from "../../store/interrupt-runs.ts";
import { knownSetFiles } from "../../store/known-set-files.ts";
import { pruneFacts } from "../../store/prune-facts.ts";
import { pruneGateChecks } from "../../store/prune-gate-checks.ts";
import { pruneJobRuns } from "../../store/prune-job-runs.ts";
import { pruneSnapshots } from "../../store/prune-snapshots.ts";
import { drainOutbox } from "../alerts/notify.ts";
import { sendWeekly } from "../alerts/weekly.ts";
import type { App } from "../app.ts";
import { removeSetFiles } from "../audit/set-files.ts";
import { anchorLog } from "../audit-log/anchor.ts";
import { runGates } from "../gate/job.ts";
import { createSchedule, type Job, type Schedule } from "../schedule.ts";
import type { Services } from "../services.ts";

/** Files younger than this may be in the middle of being written by another replica. */
const SWEEP_AFTER_MS = 60 * 60_000;
/** The outbox alone leaves 1,440 rows a day. */
const JOB_RUNS_KEPT_MS = 14 * 86_400_000;

/** What was left half-done by a process that died: runs without an end, files without a row. */
export async function tidyUp(app: App): Promise<void> {
  const now = app.clock.now();
  const interrupted = await interruptRuns(
    app.db,
    instant(new Date(now.getTime() - SWEEP_AFTER_MS)),
    instant(now),
  );
  const swept = await sweepOrphans(
    join(app.dataDir, "sets"),
    await knownSetFiles(app.db),
    new Date(now.getTime() - SWEEP_AFTER_MS),
  );
  if (interrupted > 0 || swept.length > 0)
    app.log.info("tidied", { interruptedRuns: interrupted, files: swept.length });
}

export function jobsOf({ app, audit }: Services): Job[] {
  const { timezone } = app.config;
  const cadences = [...new Set(app.config.audiences.map((a) => a.cadence))];
  const jobs: Job[] = cadences.map((cron) => ({
    name: `audit ${cron}`,
    cron,
    timezone,
    // one pass reads every audience of a system anyway, so two cadences that fire together are one audit
    run: async (_fire, signal) => {
      if (!audit.running) await audit.run("scheduled", signal);
    },
  }));
  jobs.push(
    { name: "gate", cron: "* * * * *", timezone, run: (_fire, signal) => runGates(app, signal) },
    { name: "outbox", cron: "* * * * *", timezone, run: () => drainOutbox(app) },
    { name: "anchor", cron: "7 * * * *", timezone, run: () => anchorLog(app) },
    { name: "prune", cron: "17 3 * * *", timezone, run: () => prune(app) },
  );
  const { mail } = app.config.routes;
  if (mail !== null)
    jobs.push({
      name: "weekly report",
      cron: mail.report,
      timezone,
      run: async () => void (await sendWeekly(app)),
    });
  return jobs;
}

async function prune(app: App): Promise<void> {
  const before = new Date(app.clock.now().getTime() - app.config.retention.snapshotDays * 86_400_000);
  await removeSetFiles(app.dataDir, await pruneSnapshots(app.db, instant(before)));
  await pruneFacts(app.db, instant(before));
  await pruneGateChecks(app.db, instant(before));
  await pruneJobRuns(app.db, instant(new Date(app.clock.now().getTime() - JOB_RUNS_KEPT_MS)));
}

export async function startJobs(services: Services): Promise<Schedule> {
  const { app } = services;
  const schedule = createSchedule({
    db: app.db,
    clock: app.clock,
    log: app.log,
    jobs: jobsOf(services),
    holder: `${hostname()}:${process.pid}`,
  });
  await schedule.start();
  return schedule;
}
