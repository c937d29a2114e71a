import type { Account } from "./account.ts";
import { type JobWork, runJob } from "./jobs.ts";

export type Job = {
  readonly id: string;
  readonly work: JobWork;
  readonly total: number;
  readonly createdAt: number;
  /** What a fault does to it: never ends, ends cancelled, ends without effect, or leaves out the first, or is forgotten. */
  readonly fate: "stuck" | "cancelled" | "ghost" | "partial" | "lost" | null;
};

export type JobStatus = "queued" | "processing" | "complete" | "cancelled";

/** Bulk jobs: accepted at once, done later on the injected clock; a third of the time queued, the rest processing. */
export class JobQueue {
  readonly #jobs = new Map<string, Job>();
  readonly #waiting = new Set<Job>();
  readonly #account: Account;
  readonly durationMs: number;

  constructor(account: Account, durationMs: number) {
    this.#account = account;
    this.durationMs = durationMs;
  }

  add(work: JobWork, atMs: number, fate: Job["fate"]): Job {
    const total = work.kind === "import" ? work.profiles.length : work.people.length;
    const job: Job = { id: this.#account.store.ids.job(), work, total, createdAt: atMs, fate };
    this.#jobs.set(job.id, job);
    this.#waiting.add(job);
    return job;
  }

  /** Everything whose time has come takes effect, in the order in which it was asked for. */
  settle(nowMs: number): void {
    for (const job of this.#waiting) {
      if (this.status(job, nowMs) === "queued" || this.status(job, nowMs) === "processing") continue;
      this.#waiting.delete(job);
      if (job.fate === "cancelled" || job.fate === "ghost") continue;
      runJob(this.#account, job.work, this.completedAt(job), job.fate === "partial");
    }
  }

  status(job: Job, nowMs: number): JobStatus {
    const age = nowMs - job.createdAt;
    if (age < this.durationMs / 3) return "queued";
    if (job.fate === "stuck" || age < this.durationMs) return "processing";
    return job.fate === "cancelled" ? "cancelled" : "complete";
  }

  completedAt = (job: Job): number => job.createdAt + this.durationMs;

  get(id: string, kind: JobWork["kind"]): Job | undefined {
    const job = this.#jobs.get(id);
    return job?.work.kind === kind ? job : undefined;
  }
}
