import { setImmediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { AuditorError } from "../../core/errors.ts";
import { type CompareJob, CompareThread, type FileRead, type MergePlaces } from "./compare-thread.ts";
import type { CompareAnswer, CompareOrder } from "./compare-worker.ts";
import type { Masks } from "./merge-result.ts";
import type { Noted } from "./notes.ts";

/** Whoever reads files and merges partitions: a thread, or, where there are none, this one. */
export type CompareHand = {
  /** null: the reference has to read this file. */
  read(file: number, onBytes: (bytes: number) => void): Promise<FileRead | null>;
  /**
   * @param onNoted after each partition, and before where there are notes about it; this thread waits for it
   * @returns as CompareThread does
   */
  merge(
    files: readonly FileRead[],
    at: MergePlaces,
    onNoted: (noted: Noted) => Promise<void>,
  ): Promise<Masks>;
  close(): Promise<void>;
};

/** Threads run compiled code only; sources that run as they are have none. */
export const THREADS = import.meta.url.endsWith(".js");

const diskFailed = (code: string): AuditorError =>
  new AuditorError(
    "permanent",
    "temporary files",
    `rows that have to wait there cannot be kept (${code})`,
    "set TMPDIR to a folder with free space",
  );

/** A thread that does one thing after the other. */
export class ThreadHand implements CompareHand {
  readonly #worker: Worker;
  #failed: Error | null = null;
  #waits: { answer(a: CompareAnswer): void; reject(e: Error): void } | null = null;

  constructor(job: CompareJob, id: number) {
    this.#worker = new Worker(new URL("./compare-worker.js", import.meta.url), { workerData: { job, id } });
    this.#worker.on("message", (answer: CompareAnswer) => {
      if (answer.kind === "failed") this.#fail(diskFailed(answer.code));
      else this.#waits?.answer(answer);
    });
    this.#worker.on("error", (e) => this.#fail(e instanceof Error ? e : new Error(String(e))));
    this.#worker.on("exit", () => this.#fail(new Error("the thread has ended")));
  }

  #fail(error: Error): void {
    this.#failed ??= error;
    this.#waits?.reject(this.#failed);
  }

  #ask<T>(order: CompareOrder, answered: (a: CompareAnswer, done: (value: T) => void) => void): Promise<T> {
    if (this.#failed !== null) return Promise.reject(this.#failed);
    return new Promise<T>((resolve, reject) => {
      this.#waits = { answer: (a) => answered(a, resolve), reject };
      this.#worker.postMessage(order);
    });
  }

  read(file: number, onBytes: (bytes: number) => void): Promise<FileRead | null> {
    return this.#ask({ kind: "read", file }, (a, done) => {
      if (a.kind === "bytes") onBytes(a.bytes);
      if (a.kind === "read") done(a.read);
    });
  }

  merge(
    files: readonly FileRead[],
    at: MergePlaces,
    onNoted: (noted: Noted) => Promise<void>,
  ): Promise<Masks> {
    return this.#ask({ kind: "merge", files, at }, (a, done) => {
      if (a.kind === "noted") void onNoted(a.noted);
      if (a.kind === "merged") done(a.masks);
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** The same without a thread: in pieces, so that whoever waits for a signal gets it. */
export class OwnHand implements CompareHand {
  readonly #thread: CompareThread;
  readonly #signal: AbortSignal;

  constructor(job: CompareJob, signal: AbortSignal) {
    this.#thread = new CompareThread(job, 0);
    this.#signal = signal;
  }

  async #all<S, T>(
    steps: Generator<S | Promise<void>, T>,
    each: (step: S) => void | Promise<void>,
  ): Promise<T> {
    try {
      for (let n = 1; ; n++) {
        const step = steps.next();
        if (step.done) return step.value;
        if (step.value instanceof Promise) await step.value;
        else await each(step.value);
        if (n % 32 === 0) await setImmediate();
        if (this.#signal.aborted) throw stopped();
      }
    } catch (cause) {
      if (cause instanceof Error && "code" in cause && !(cause instanceof AuditorError))
        throw diskFailed(String(cause.code));
      throw cause;
    }
  }

  read(file: number, onBytes: (bytes: number) => void): Promise<FileRead | null> {
    return this.#all(this.#thread.read(file), onBytes);
  }

  merge(
    files: readonly FileRead[],
    at: MergePlaces,
    onNoted: (noted: Noted) => Promise<void>,
  ): Promise<Masks> {
    return this.#all(this.#thread.merge(files, at), onNoted);
  }

  async close(): Promise<void> {
    this.#thread.close();
  }
}

export const stopped = (): AuditorError =>
  new AuditorError("interrupted", "compare", "stopped before the end", "run it again");
