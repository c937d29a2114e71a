import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { AuditorError } from "../../core/errors.ts";
import { instant } from "../../core/model.ts";
import { claimJobRun } from "../../store/claim-job-run.ts";
import { enqueueJobRun } from "../../store/enqueue-job-run.ts";
import { isJobOpen } from "../../store/is-job-open.ts";
import { sleepFor } from "../../systems/http/settings.ts";
import { carryOut } from "../jobs/run-job.ts";
import type { Job } from "../schedule.ts";
import type { Services } from "../services.ts";

const NAME = "first audit";
const LEASE_SECONDS = 60;
const LOOK_MS = 1_000;

/**
 * The very first audit, by one of however many instances start at once; the others wait for it. What fails here fails
 * again at its next time, with a trace in the list of runs; the pages are served all the same.
 *
 * @param nothingRead asked again, since another instance may have read meanwhile
 * @param tell one sentence for whoever started us
 */
export async function firstAudit(
  { app, audit }: Services,
  signal: AbortSignal,
  nothingRead: () => Promise<boolean>,
  tell: (line: string) => void,
): Promise<void> {
  const holder = `${hostname()}:${process.pid}:${randomBytes(4).toString("hex")}`;
  const job: Job = {
    name: NAME,
    cron: "* * * * *",
    timezone: "UTC",
    async run(_fire, stopping) {
      if (!(await nothingRead())) return;
      try {
        await audit.run("scheduled", stopping);
      } catch (error) {
        if (!stopping.aborted && error instanceof AuditorError)
          tell(`The first audit did not end: ${error.message}\n`);
        throw error;
      }
    },
  };
  // instances that start within a minute agree on one run; a later start tries anew when nothing was read till then
  const minute = instant(new Date(Math.floor(app.clock.now().getTime() / 60_000) * 60_000));
  await enqueueJobRun(app.db, NAME, minute);
  while (!signal.aborted) {
    const claim = await claimJobRun(app.db, [NAME], holder, LEASE_SECONDS, 1);
    if (claim !== null) {
      const { db, clock, log } = app;
      await carryOut({
        db,
        clock,
        log,
        job,
        claim,
        leaseSeconds: LEASE_SECONDS,
        maxAttempts: 1,
        stopping: signal,
      });
    } else if (await isJobOpen(app.db, NAME, minute)) await sleepFor(LOOK_MS, signal);
    else return;
  }
}
