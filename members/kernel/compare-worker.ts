/** A thread of a comparison: reads files and merges, as it is told. */
import { parentPort, workerData } from "node:worker_threads";
import { type CompareJob, CompareThread, type FileRead, type MergePlaces } from "./compare-thread.ts";
import type { Masks } from "./merge-result.ts";
import type { Noted } from "./notes.ts";

export type CompareOrder =
  | { readonly kind: "read"; readonly file: number }
  | { readonly kind: "merge"; readonly files: readonly FileRead[]; readonly at: MergePlaces };

export type CompareAnswer =
  | { readonly kind: "bytes"; readonly bytes: number }
  | { readonly kind: "read"; readonly read: FileRead | null }
  | { readonly kind: "noted"; readonly noted: Noted }
  | { readonly kind: "merged"; readonly masks: Masks }
  /** A disk that is full, or the like. */
  | { readonly kind: "failed"; readonly code: string };

/** Bytes between two words about progress. */
const TELL_AFTER = 8 << 20;

const { job, id } = workerData as { readonly job: CompareJob; readonly id: number };
/** @param given what is not needed here any more, and need not be copied */
const say = (answer: CompareAnswer, given: ArrayBuffer | null = null): void =>
  parentPort?.postMessage(answer, given === null ? [] : [given]);
const thread = new CompareThread(job, id);

async function read(file: number): Promise<void> {
  const steps = thread.read(file);
  let untold = 0;
  for (;;) {
    const step = steps.next();
    if (!step.done && typeof step.value === "number") untold += step.value;
    else if (!step.done) await step.value;
    if (untold >= TELL_AFTER || (step.done && untold > 0)) {
      say({ kind: "bytes", bytes: untold });
      untold = 0;
    }
    if (!step.done) continue;
    say({ kind: "read", read: step.value });
    return;
  }
}

async function obey(order: CompareOrder): Promise<void> {
  try {
    if (order.kind === "read") await read(order.file);
    else {
      const steps = thread.merge(order.files, order.at);
      let step = steps.next();
      for (; !step.done; step = steps.next())
        if (order.at.notes !== null) say({ kind: "noted", noted: step.value }, step.value.notes);
      say({ kind: "merged", masks: step.value });
    }
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause)) throw cause;
    say({ kind: "failed", code: String(cause.code) });
  }
}

parentPort?.on("message", (order: CompareOrder) => void obey(order));
