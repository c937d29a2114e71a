/** A thread of a comparison: reads files and merges, as it is told. */
import { parentPort, workerData } from "node:worker_threads";
import { type CompareJob, CompareThread, type FileRead, type MergePlaces } from "./compare-thread.ts";
import type { Noted } from "./notes.ts";

export type CompareOrder =
  | { readonly kind: "read"; readonly file: number }
  | { readonly kind: "merge"; readonly files: readonly FileRead[]; readonly at: MergePlaces };

export type CompareAnswer =
  | { readonly kind: "bytes"; readonly bytes: number }
  | { readonly kind: "read"; readonly read: FileRead | null }
  | { readonly kind: "noted"; readonly noted: Noted }
  | { readonly kind: "merged" }
  /** A disk that is full, or the like. */
  | { readonly kind: "failed"; readonly code: string };

/** Bytes between two words about progress. */
const TELL_AFTER = 8 << 20;

const { job, id } = workerData as { readonly job: CompareJob; readonly id: number };
const say = (answer: CompareAnswer): void => parentPort?.postMessage(answer);
const thread = new CompareThread(job, id);

function read(file: number): void {
  const steps = thread.read(file);
  let untold = 0;
  for (;;) {
    const step = steps.next();
    if (!step.done) untold += step.value;
    if (untold >= TELL_AFTER || (step.done && untold > 0)) {
      say({ kind: "bytes", bytes: untold });
      untold = 0;
    }
    if (!step.done) continue;
    say({ kind: "read", read: step.value });
    return;
  }
}

parentPort?.on("message", (order: CompareOrder) => {
  try {
    if (order.kind === "read") read(order.file);
    else {
      for (const noted of thread.merge(order.files, order.at))
        if (order.at.notes !== null) say({ kind: "noted", noted });
      say({ kind: "merged" });
    }
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause)) throw cause;
    say({ kind: "failed", code: String(cause.code) });
  }
});
