import type { Clock } from "../../core/clock.ts";
import { nowOf } from "../../core/clock.ts";
import { AuditorError } from "../../core/errors.ts";
import type { Log } from "../../core/ports.ts";
import type { JobClaim } from "../../store/claim-job-run.ts";
import type { Database } from "../../store/database.ts";
import { endJobRun, type JobEnd } from "../../store/end-job-run.ts";
import { renewJobRun } from "../../store/renew-job-run.ts";
import type { Job } from "../schedule.ts";

export type JobAttempt = {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly job: Job;
  readonly claim: JobClaim;
  readonly leaseSeconds: number;
  readonly maxAttempts?: number;
  readonly retrySeconds?: number;
  /** Aborts when the process is asked to end. */
  readonly stopping: AbortSignal;
};

/** Runs one attempt under its lease and records how it ended. Never throws: the next look at the table goes on. */
export async function carryOut(a: JobAttempt): Promise<void> {
  const { db, job, claim, log } = a;
  const lost = new AbortController();
  const heartbeat = setInterval(
    () => {
      renewJobRun(db, claim, a.leaseSeconds).then(
        (held) => held || lost.abort(),
        // The database is away: the lease goes on until it runs out, and the next beat may reach it again.
        (error: unknown) => log.warn("job.lease_unsure", { job: job.name, because: wording(error) }),
      );
    },
    (a.leaseSeconds * 1000) / 3,
  );
  const fields = { job: job.name, fireTime: claim.fireTime, attempt: claim.attempt };
  log.info("job.started", fields);
  let end: JobEnd;
  try {
    await job.run(claim.fireTime, AbortSignal.any([a.stopping, lost.signal]));
    end = { kind: "done" };
  } catch (error) {
    end = failure(a, error);
  }
  clearInterval(heartbeat);
  try {
    const kept = await endJobRun(db, claim, end, nowOf(a.clock));
    log.info("job.ended", {
      ...fields,
      end: kept ? end.kind : "lease_lost",
      ...("error" in end ? { error: end.error } : {}),
    });
  } catch (error) {
    log.warn("job.end_not_kept", { ...fields, because: wording(error) }); // it runs again when the lease is over
  }
}

function failure(a: JobAttempt, error: unknown): JobEnd {
  if (a.stopping.aborted) return { kind: "interrupted" };
  const said = wording(error);
  if (a.claim.attempt >= (a.maxAttempts ?? 3)) return { kind: "failed", error: said };
  return { kind: "again", error: said, inSeconds: (a.retrySeconds ?? 30) * 2 ** (a.claim.attempt - 1) };
}

/** Only our own errors promise to hold no personal data. */
const wording = (error: unknown): string =>
  error instanceof AuditorError ? error.message : "internal error";
