import type { Clock } from "../../core/clock.ts";
import type { Sleep } from "../../sync/watch.ts";
import type { Random } from "./random.ts";
import type { Trace } from "./trace.ts";

/** One process of the installation. Killed: nothing of it ever runs again. Paused: nothing of it runs until then. */
export class Process {
  readonly name: string;
  alive = true;
  pausedUntil = 0;

  constructor(name: string) {
    this.name = name;
  }
}

type Task = {
  readonly at: number;
  /** null: it happens outside every process (a request under way, the vendor, a person). */
  readonly process: Process | null;
  readonly what: string;
  readonly run: () => void;
};

const START = Date.parse("2026-11-24T06:00:00.000Z");

/**
 * Virtual time and the order of everything. Whatever a process waits for (time, the store, the vendor) is a task; one
 * step takes one of the tasks that are due, by the seed's choice, runs it, and lets all promises settle before the next.
 * Time moves only when no task is due. So a run depends on its seed and on nothing else.
 */
export class Scheduler {
  now = START;
  steps = 0;
  readonly random: Random;
  readonly trace: Trace;
  readonly clock: Clock = { now: () => new Date(this.now) };
  /** Called after each step, when everything has settled. Throws: the run ends. */
  check: () => void = () => undefined;
  /** Called whenever a process calls out: here it may be stopped or killed, at any line of the program alike. */
  strike: (process: Process) => void = () => undefined;
  #tasks: Task[] = [];

  constructor(random: Random, trace: Trace) {
    this.random = random;
    this.trace = trace;
  }

  /** Runs it in `ms` milliseconds, as the given process. */
  in(ms: number, process: Process | null, what: string, run: () => void): () => void {
    const task: Task = { at: this.now + Math.max(0, ms), process, what, run };
    this.#tasks.push(task);
    return () => {
      this.#tasks = this.#tasks.filter((t) => t !== task);
    };
  }

  wait(ms: number, process: Process | null, what: string): Promise<void> {
    return new Promise((resolve) => {
      this.in(ms, process, what, resolve);
    });
  }

  /** As the product wants it: an abort ends the sleep at once. */
  sleepOf(process: Process): Sleep {
    return (ms, signal) =>
      new Promise((resolve) => {
        const end = (): void => {
          cancel();
          signal.removeEventListener("abort", end);
          resolve();
        };
        const cancel = this.in(ms, process, "wakes", end);
        signal.addEventListener("abort", end);
      });
  }

  say(who: string, what: string): void {
    const t = ((this.now - START) / 1000).toFixed(3).padStart(10);
    this.trace.say(`${t} ${who.padEnd(8)} ${what}`);
  }

  /** Steps until `done`, or nothing is left to do, or `limitMs` of virtual time are over. Did it get done? */
  async run(done: () => boolean, limitMs: number): Promise<boolean> {
    const end = this.now + limitMs;
    await settled();
    while (!done()) {
      const next = this.#next();
      if (next === null || next > end) return false;
      this.now = Math.max(this.now, next);
      const due = this.#tasks.filter((t) => dueAt(t) <= this.now);
      const task = this.random.pick(due);
      this.#tasks.splice(this.#tasks.indexOf(task), 1);
      this.steps += 1;
      this.say(task.process?.name ?? "world", task.what);
      task.run();
      await settled();
      this.check();
    }
    return true;
  }

  /** Moment of the next task; what belonged to the dead is dropped. */
  #next(): number | null {
    this.#tasks = this.#tasks.filter((t) => t.process?.alive !== false);
    let next: number | null = null;
    for (const t of this.#tasks) next = Math.min(next ?? Number.POSITIVE_INFINITY, dueAt(t));
    return next;
  }
}

const dueAt = (t: Task): number => Math.max(t.at, t.process?.pausedUntil ?? 0);

/** Nothing but promises is under way in a run, and all of them settle before the event loop turns. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
