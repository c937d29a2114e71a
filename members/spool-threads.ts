import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { SortedKeys } from "./sorted-keys.ts";
import type { FoundRows } from "./spool-blocks.ts";
import type { SpoolKey, SpoolPlace } from "./spool-file.ts";

/** Threads run compiled code only; sources that run as they are have none. */
const THREADS = import.meta.url.endsWith(".js");
/** Below, one thread is about as quick: starting others costs as much as finding 10,000 people. */
const LEAST_PEOPLE = 25_000;
const MOST_THREADS = 4;

export type SpoolSearch = {
  /** Open as long as the search runs. Threads of one process share it: they see the same file, whatever replaces it. */
  readonly fd: number;
  readonly key: SpoolKey;
  readonly places: readonly SpoolPlace[];
  readonly asked: SortedKeys;
};

/** What a thread is given. */
export type SpoolJob = {
  readonly fd: number;
  readonly key: SpoolKey;
  readonly places: readonly SpoolPlace[];
  readonly shares: readonly { readonly p: number; readonly keys: Uint32Array }[];
  /** One shared number: the next share that nobody has taken yet. */
  readonly next: Int32Array;
};

export type SpoolMessage =
  | { readonly kind: "found"; readonly p: number; readonly rows: FoundRows }
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly message: string };

export const worthThreads = (people: number): boolean => THREADS && people >= LEAST_PEOPLE;

/**
 * Finds people on several threads, each taking one partition after another.
 *
 * @param take called in the thread of the caller, partition by partition, in no order
 * @throws Error when a thread could not open a part: the file is damaged
 */
export async function findByThreads(
  { fd, key, places, asked }: SpoolSearch,
  take: (p: number, rows: FoundRows) => void,
): Promise<void> {
  const shares = asked.partitions.map((p) => ({ p, keys: asked.keys(p) }));
  const next = new Int32Array(new SharedArrayBuffer(4));
  const threads = Math.min(MOST_THREADS, availableParallelism());
  const workers = Array.from(
    { length: threads },
    () =>
      new Worker(new URL("./spool-worker.js", import.meta.url), {
        workerData: { fd, key, places, shares, next } satisfies SpoolJob,
      }),
  );
  try {
    await Promise.all(workers.map((worker) => finished(worker, take)));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

function finished(worker: Worker, take: (p: number, rows: FoundRows) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.on("message", (m: SpoolMessage) => {
      if (m.kind === "found") take(m.p, m.rows);
      else if (m.kind === "done") resolve();
      else reject(new Error(m.message));
    });
    worker.on("error", reject);
    worker.on("exit", () => reject(new Error("a thread ended before its work")));
  });
}
