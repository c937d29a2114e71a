import { createTask, type ScheduledTask } from "node-cron";
import { parseCron } from "../checks/cron.ts";
import type { Clock } from "../core/clock.ts";
import { AuditorError } from "../core/errors.ts";
import { type Instant, instant } from "../core/model.ts";
import type { Log } from "../core/ports.ts";
import { claimJobRun } from "../store/claim-job-run.ts";
import { claimMeta } from "../store/claim-meta.ts";
import type { Database } from "../store/database.ts";
import { enqueueJobRun } from "../store/enqueue-job-run.ts";
import { lastFire } from "./jobs/last-fire.ts";
import { carryOut } from "./jobs/run-job.ts";

export type Job = {
  /** Stays the same over versions: it is the key of what ran. */
  readonly name: string;
  readonly cron: string;
  /** IANA name. */
  readonly timezone: string;
  /** `signal` aborts when the process stops or the lease is lost; end at the next safe point then. */
  run(fireTime: Instant, signal: AbortSignal): Promise<void>;
};

export type ScheduleOptions = {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly jobs: readonly Job[];
  /** Names this process in `job_run`; unique among all that share the database. */
  readonly holder: string;
  /** Default 60. A killed process's run starts again after so long. */
  readonly leaseSeconds?: number;
  /** Default 3. */
  readonly maxAttempts?: number;
  /** Seconds until the next attempt after a failure; default 30, doubling. */
  readonly retrySeconds?: number;
  /** Default 5,000: how often runs left by others and retries are looked for. */
  readonly pollMs?: number;
};

export type Schedule = {
  start(): Promise<void>;
  /** Notes what is due and works until nothing is left to take; node-cron and the poll do the same. */
  tick(): Promise<void>;
  /** Takes nothing new, asks what runs to end at its next safe point, and waits for that. */
  stop(): Promise<void>;
};

/**
 * Runs jobs at their times. node-cron only wakes it; the table `job_run` decides, so that several processes on one
 * database neither lose nor double a run. After downtime the last missed fire is caught up, not all of them.
 *
 * @throws AuditorError config: a cron expression or name that cannot be used
 */
export function createSchedule(options: ScheduleOptions): Schedule {
  const { db, clock, jobs, log, holder } = options;
  const lease = options.leaseSeconds ?? 60;
  const byName = new Map(jobs.map((job) => [job.name, job]));
  for (const job of jobs) {
    if (parseCron(job.cron) === null)
      throw new AuditorError(
        "config",
        `job ${job.name}`,
        `“${job.cron}” is not a cron expression`,
        "write five fields, like 0 6 * * *",
      );
  }
  if (byName.size < jobs.length)
    throw new AuditorError("config", "schedule", "two jobs have the same name", "give each its own");
  const running = new Set<Promise<void>>();
  const stopping = new AbortController();
  const tasks: ScheduledTask[] = [];
  let timer: NodeJS.Timeout | null = null;
  let busy: Promise<void> | null = null;
  let again = false;

  /** What fired since this process last looked, at most one fire per job. */
  async function noteDue(): Promise<void> {
    for (const job of jobs) {
      const now = clock.now();
      // Fires before the job was first known (or got its present times) were never promised.
      const since = await claimMeta(
        db,
        `schedule:${job.name}:${job.timezone}:${job.cron}`,
        now.toISOString(),
      );
      const fire = lastFire(job.cron, now.getTime(), job.timezone);
      if (fire !== null && fire > Date.parse(since))
        await enqueueJobRun(db, job.name, instant(new Date(fire)));
    }
  }

  async function takeAll(): Promise<void> {
    while (!stopping.signal.aborted) {
      const claim = await claimJobRun(db, [...byName.keys()], holder, lease, options.maxAttempts ?? 3);
      const job = claim === null ? undefined : byName.get(claim.job);
      if (claim === null || job === undefined) return;
      const work = carryOut({
        ...options,
        job,
        claim,
        leaseSeconds: lease,
        stopping: stopping.signal,
      }).finally(() => running.delete(work));
      running.add(work);
    }
  }

  /** One look at a time; who comes meanwhile asks for another one after it. */
  function look(due: boolean): Promise<void> {
    if (busy !== null) {
      again ||= due;
      return busy;
    }
    busy = (async () => {
      let fires = due;
      try {
        do {
          again = false;
          if (fires) await noteDue();
          await takeAll();
          fires = true;
        } while (again && !stopping.signal.aborted);
      } catch (error) {
        log.warn("schedule.paused", {
          because: error instanceof AuditorError ? error.message : "internal error",
        });
      } finally {
        busy = null;
      }
    })();
    return busy;
  }

  return {
    async start() {
      for (const job of jobs) {
        const task = createTask(job.cron, () => look(true), {
          timezone: job.timezone,
          name: job.name,
          suppressMissedWarning: true,
        });
        await task.start();
        tasks.push(task);
      }
      let polls = 0;
      // Every twelfth poll (a minute) also looks for fires: node-cron skips those during a suspend.
      timer = setInterval(() => void look(polls++ % 12 === 11), options.pollMs ?? 5_000);
      await look(true);
    },
    async tick() {
      await look(true);
      await Promise.all(running);
    },
    async stop() {
      stopping.abort();
      if (timer !== null) clearInterval(timer);
      for (const task of tasks.splice(0)) await task.destroy();
      await busy;
      await Promise.all(running);
    },
  };
}
