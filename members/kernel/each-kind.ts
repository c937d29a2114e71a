import { setImmediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { MemberSet, Partition } from "../member-set.ts";
import { bodyError, type SetBodies } from "../set-bodies.ts";
import { compileKernel } from "./instance.ts";
import type { Looks } from "./kind-layout.ts";
import { type Faulty, type Kinds, MOST_STORED_SETS } from "./kind-memory.ts";
import { KindMerge } from "./kind-merge.ts";
import type { KindJob, KindMessage } from "./kind-worker.ts";
import type { WasmModule } from "./wasm.ts";

/** How stored sets are merged. Tests choose; everybody else leaves it to `storedKernel`. */
export type StoredKernel = {
  readonly module: WasmModule;
  /** People in all sets together from which on it is worth starting. */
  readonly from: number;
  readonly threads: number;
  /** People from which on a second thread is worth its start. */
  readonly helpFrom: number;
  /** Kinds in the table. Default: as many as fit. */
  readonly mostKinds?: number;
};

/** Below, the reference is as quick as a new instance. */
const FROM = 20_000;
/** Below, this thread is done before a second has started. */
const HELP_FROM = 2_000_000;
const THREADS = 2;
/** Threads run compiled code only; sources that run as they are have none. */
const COMPILED = import.meta.url.endsWith(".js");

let compiled: StoredKernel | null | undefined;

/** null: there is none, and the reference does everything, with the same results. */
export function storedKernel(): StoredKernel | null {
  if (compiled === undefined) {
    const module = compileKernel();
    compiled =
      module === null ? null : { module, from: FROM, threads: COMPILED ? THREADS : 1, helpFrom: HELP_FROM };
  }
  return compiled;
}

export const isFor = (kernel: StoredKernel | null, sets: readonly MemberSet[]): kernel is StoredKernel =>
  kernel !== null && sets.length <= MOST_STORED_SETS && peopleIn(sets) >= kernel.from;

const peopleIn = (sets: readonly MemberSet[]): number => sets.reduce((n, set) => n + set.size, 0);

/**
 * Merges all partitions of stored sets; `take` gets the people who look alike together. Kinds come in any order, and one kind may
 * come several times.
 *
 * @throws AuditorError bad_data when a file is damaged
 */
export async function eachKind(
  kernel: StoredKernel,
  sets: readonly MemberSet[],
  looks: Looks,
  take: (kinds: Kinds) => void,
): Promise<void> {
  const job: KindJob = {
    module: kernel.module,
    sets: sets.map((s) => s.bodies()),
    looks,
    mostKinds: kernel.mostKinds,
    next: new Int32Array(new SharedArrayBuffer(4)),
    partitions: sets[0]?.partitions ?? 0,
  };
  const helpers = peopleIn(sets) < kernel.helpFrom ? 0 : kernel.threads - 1;
  const workers = Array.from(
    { length: helpers },
    () => new Worker(new URL("./kind-worker.js", import.meta.url), { workerData: job }),
  );
  const here = mergeHere(job, take);
  try {
    await Promise.all([here, ...workers.map((worker) => answersOf(worker, job.sets, take))]);
  } finally {
    // Of a merge that failed nobody may read on: the caller closes the sets.
    Atomics.store(job.next, 0, job.partitions);
    await Promise.allSettled([here]);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** This thread takes part, and lets others have their turn after every partition. */
async function mergeHere(job: KindJob, take: (kinds: Kinds) => void): Promise<void> {
  const merge = new KindMerge(job.module, job.sets, job.looks, job.mostKinds);
  for (let p = Atomics.add(job.next, 0, 1); p < job.partitions; p = Atomics.add(job.next, 0, 1)) {
    const faulty = merge.read(p);
    if (faulty !== null) throw errorOf(job.sets, faulty);
    merge.count(take);
    await setImmediate();
  }
  take(merge.empty());
}

/** People of one partition whose kind is wanted; see `KindMerge.pick`. */
export type Picking = { readonly p: number; readonly pick: KindMerge["pick"] };

/**
 * Goes through the partitions of stored sets to pick people from them: each has to be picked from before the next.
 *
 * @throws AuditorError bad_data when a file is damaged
 */
export async function* eachPartition(
  kernel: StoredKernel,
  sets: readonly MemberSet[],
  looks: Looks,
): AsyncGenerator<Picking> {
  const bodies = sets.map((s) => s.bodies());
  const merge = new KindMerge(kernel.module, bodies, looks, kernel.mostKinds);
  for (let p = 0; p < (sets[0]?.partitions ?? 0); p++) {
    const faulty = merge.read(p, true);
    if (faulty !== null) throw errorOf(bodies, faulty);
    yield { p, pick: (wants, visit) => merge.pick(wants, visit) };
    await setImmediate();
  }
}

/** What `eachKindAndPerson` calls; see `KindMerge.pick`. */
export type Counting = {
  readonly wants: (kinds: Kinds, kind: number) => boolean;
  readonly visit: (parts: readonly Partition[], at: Int32Array) => void;
  /** All kinds, the wanted ones among them. */
  readonly take: (kinds: Kinds) => void;
};

/**
 * As `eachKind`, and visits the people of wanted kinds one by one, in the order of their keys.
 *
 * @throws AuditorError bad_data when a file is damaged
 */
export async function eachKindAndPerson(
  kernel: StoredKernel,
  sets: readonly MemberSet[],
  looks: Looks,
  { wants, visit, take }: Counting,
): Promise<void> {
  const bodies = sets.map((s) => s.bodies());
  const merge = new KindMerge(kernel.module, bodies, looks, kernel.mostKinds);
  for (let p = 0; p < (sets[0]?.partitions ?? 0); p++) {
    const faulty = merge.read(p, true);
    if (faulty !== null) throw errorOf(bodies, faulty);
    merge.pick(wants, visit, take);
    await setImmediate();
  }
  take(merge.empty());
}

function answersOf(worker: Worker, sets: readonly SetBodies[], take: (kinds: Kinds) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.on("message", (m: KindMessage) => {
      try {
        if (m.kind === "kinds") take(m.kinds);
        else if (m.kind === "done") resolve();
        else reject(errorOf(sets, m.faulty));
      } catch (e) {
        // thrown out of a listener it would end the program
        reject(e);
      }
    });
    worker.on("error", reject);
    worker.on("exit", (code) =>
      reject(new RangeError(`a merging thread ended with ${code} before it was done`)),
    );
  });
}

const errorOf = (sets: readonly SetBodies[], { set, fault }: Faulty): Error =>
  bodyError(sets[set]?.path ?? "", fault);
