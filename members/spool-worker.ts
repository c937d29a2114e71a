/** Thread that finds people in a spool: takes one partition after another until none is left. */
import { parentPort, workerData } from "node:worker_threads";
import { SpoolBlocks } from "./spool-blocks.ts";
import type { SpoolJob, SpoolMessage } from "./spool-threads.ts";

const job = workerData as SpoolJob;
const say = (m: SpoolMessage, buffers: ArrayBuffer[] = []): void => parentPort?.postMessage(m, buffers);

const blocks = new SpoolBlocks(job.fd, job.key, job.places);
try {
  for (;;) {
    const share = job.shares[Atomics.add(job.next, 0, 1)];
    if (share === undefined) break;
    const rows = blocks.find(share.p, share.keys);
    say({ kind: "found", p: share.p, rows }, [rows.texts.buffer as ArrayBuffer]);
  }
  say({ kind: "done" });
} catch (cause) {
  say({ kind: "failed", message: cause instanceof Error ? cause.message : String(cause) });
}
