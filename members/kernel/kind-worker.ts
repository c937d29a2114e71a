/** Thread that helps to merge the partitions of stored sets. */
import { parentPort, workerData } from "node:worker_threads";
import type { SetBodies } from "../set-bodies.ts";
import type { Looks } from "./kind-layout.ts";
import type { Faulty, Kinds } from "./kind-memory.ts";
import { KindMerge } from "./kind-merge.ts";
import type { WasmModule } from "./wasm.ts";

export type KindJob = {
  readonly module: WasmModule;
  readonly sets: readonly SetBodies[];
  readonly looks: Looks;
  readonly mostKinds: number | undefined;
  /** One word that all threads share: the next partition that nobody has taken. */
  readonly next: Int32Array;
  readonly partitions: number;
};

export type KindMessage =
  | { readonly kind: "kinds"; readonly kinds: Kinds }
  | { readonly kind: "faulty"; readonly faulty: Faulty; readonly p: number }
  | { readonly kind: "done" };

const say = (m: KindMessage): void => parentPort?.postMessage(m);

function run(job: KindJob): void {
  const merge = new KindMerge(job.module, job.sets, job.looks, job.mostKinds);
  for (let p = Atomics.add(job.next, 0, 1); p < job.partitions; p = Atomics.add(job.next, 0, 1)) {
    const faulty = merge.read(p);
    if (faulty !== null) {
      say({ kind: "faulty", faulty, p });
      return;
    }
    merge.count((kinds) => say({ kind: "kinds", kinds }));
  }
  say({ kind: "kinds", kinds: merge.empty() });
  say({ kind: "done" });
}

run(workerData as KindJob);
