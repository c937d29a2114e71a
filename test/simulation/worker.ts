import { runId } from "../../core/model.ts";
import type { PlanStore } from "../../core/ports.ts";
import type { PlanState } from "../../core/repair.ts";
import { applyPlan } from "../../sync/apply.ts";
import type { ApplyInput } from "../../sync/run.ts";
import { DEST, plainSealer, silent } from "../property/sync-world.ts";
import { mayBegin, type Office } from "./office.ts";
import { Process } from "./scheduler.ts";
import { simWriter } from "./sim-writer.ts";
import type { World } from "./world.ts";

const RUNS: readonly PlanState[] = ["approved", "applying", "verifying"];

/** A seat in the installation: a process works there, dies, and another one takes its place. */
export type Worker = {
  process: Process;
  stop: AbortController;
  readonly name: string;
  /** When something last kept it from hearing of a stop: a lost answer of the store, a pause, its own start. */
  hindered: number;
};

export const newWorker = (name: string): Worker => ({
  name,
  process: new Process(name),
  stop: new AbortController(),
  hindered: 0,
});

/** Starts a process on this seat: it looks for plans and carries them out, until it dies or is asked to go. */
export function start(w: World, worker: Worker, life: number): void {
  worker.process = new Process(worker.name);
  worker.stop = new AbortController();
  worker.hindered = w.s.now;
  const { process } = worker;
  const store = w.storeOf(process, () => {
    worker.hindered = w.s.now;
  });
  // a container that starts again has the same name; on a host its number differs
  const holder = w.s.random.chance(0.5) ? worker.name : `${worker.name}:${life}`;
  void work(w, worker, process, store, holder);
}

async function work(
  w: World,
  worker: Worker,
  process: Process,
  store: PlanStore,
  holder: string,
): Promise<void> {
  const { s } = w;
  const { signal } = worker.stop;
  while (!signal.aborted) {
    try {
      const open = (await store.list()).filter((p) => RUNS.includes(p.state));
      if (open.length === 0) await w.bell(process);
      else {
        const { id } = s.random.pick(open);
        // a button pressed on an old page: the guards were asked long ago
        const late = s.random.chance(0.2);
        const office: Office = { ...w.office, store };
        if (late || (await mayBegin(office, id, w.safeguards())))
          await applyPlan(inputOf(w, worker, process, store, holder, id));
      }
    } catch (e) {
      s.say(process.name, `gave up: ${e instanceof Error ? e.message : String(e)}`);
    }
    await s.wait(s.random.between(200, 10_000), process, "looks again");
  }
  s.say(process.name, "went down");
}

function inputOf(
  w: World,
  worker: Worker,
  process: Process,
  store: PlanStore,
  holder: string,
  planId: number,
): ApplyInput {
  const { s, judge, vendor } = w;
  const seat = { s, process, vendor, judge, mood: w.vendorMood, planId, oneByOne: w.oneByOne };
  return {
    planId,
    store,
    writers: new Map([[DEST, simWriter(seat)]]),
    sources: () => ({ label: "active" }),
    sealer: plainSealer,
    safeguards: w.safeguards(),
    clock: s.clock,
    log: silent,
    runId: runId(`run-${process.name}`),
    signal: worker.stop.signal,
    holder,
    sleep: s.sleepOf(process),
    canary: judge.canary,
    failpoint(name) {
      if (name === "after_round") judge.round(planId);
      if (!w.faulty || !s.random.chance(w.crashShare)) return;
      s.say(process.name, `dies at ${name}`);
      w.kill(worker);
      throw new Error("killed");
    },
  };
}
