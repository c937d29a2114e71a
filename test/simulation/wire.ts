import type { Process, Scheduler } from "./scheduler.ts";

/** How a call fares: it may be lost on its way, or its answer may be. */
export type Fate = {
  /** Milliseconds to the other side and back. */
  readonly there: number;
  readonly back: number;
  /** Thrown in place of the answer. null: it is answered. */
  readonly error: Error | null;
  /** Does it take effect, although the answer may be an error? */
  readonly effect: boolean;
};

/**
 * One call of a process to the outside: it leaves, arrives, and its answer comes back, each a step of its own. What has
 * left arrives although its process was killed or paused meanwhile; the answer then finds nobody, or waits.
 */
export function call<T>(
  s: Scheduler,
  process: Process,
  what: string,
  fate: Fate,
  act: () => T | Promise<T>,
): Promise<T> {
  // the dead send nothing, and never hear of it
  if (!process.alive) return new Promise(() => undefined);
  s.strike(process);
  return new Promise((resolve, reject) => {
    const answer = (how: string, end: () => void) => s.in(fate.back, process, `${what}: ${how}`, end);
    s.in(fate.there, null, `${process.name} ${what}${fate.effect ? "" : " (lost)"}`, () => {
      const fail = (e: unknown) =>
        answer(e instanceof Error ? e.message : "error", () => {
          reject(e);
        });
      if (!fate.effect) {
        fail(fate.error ?? new Error("lost"));
        return;
      }
      Promise.resolve()
        .then(act)
        .then(
          (value) => (fate.error === null ? answer("ok", () => resolve(value)) : fail(fate.error)),
          (e: unknown) => fail(fate.error ?? e),
        );
    });
  });
}
