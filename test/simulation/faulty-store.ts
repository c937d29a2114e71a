import { AuditorError } from "../../core/errors.ts";
import type { Lease, PlanStore } from "../../core/ports.ts";
import type { EndState, PlanState } from "../../core/repair.ts";
import type { Judge } from "./judge.ts";
import type { Process, Scheduler } from "./scheduler.ts";
import { call, type Fate } from "./wire.ts";

/** How likely store calls go wrong now; 0 in the last phase. */
export type StoreMood = {
  /** Share of calls that fail before they take effect, or after (the commit is not known), or are slow. */
  before: number;
  after: number;
  slow: number;
  /** Until then no call reaches the store. */
  downUntil: number;
};

const lost = (what: string): AuditorError =>
  new AuditorError("transient", "database", what, "try again when it is back");

/**
 * The store as one process sees it, over a wire that fails. The judge sees what the store really took.
 *
 * @param told of each call that went wrong for this process
 */
export function faultyStore(
  s: Scheduler,
  process: Process,
  inner: PlanStore,
  judge: Judge,
  mood: StoreMood,
  told: () => void,
): PlanStore {
  return new Proxy(inner, {
    get(target, name, receiver) {
      const f: unknown = Reflect.get(target, name, receiver);
      if (typeof f !== "function" || typeof name !== "string") return f;
      return (...args: readonly unknown[]): Promise<unknown> =>
        call(s, process, `store.${name}`, fateOf(s, mood, told), async () => {
          const answer: unknown = await Reflect.apply(f, target, args);
          observe(judge, process, name, args, answer, s.now);
          return answer;
        });
    },
  });
}

function fateOf(s: Scheduler, mood: StoreMood, told: () => void): Fate {
  const r = s.random;
  const slow = r.chance(mood.slow);
  const time = (): number => (slow ? r.between(500, 12_000) : r.between(1, 30));
  const fate: Fate = { there: time(), back: time(), error: null, effect: true };
  if (slow) told();
  if (s.now < mood.downUntil || r.chance(mood.before)) {
    told();
    return { ...fate, error: lost("the connection broke"), effect: false };
  }
  if (!r.chance(mood.after)) return fate;
  told();
  return { ...fate, error: lost("the connection broke; the commit is not known") };
}

function observe(
  judge: Judge,
  process: Process,
  name: string,
  args: readonly unknown[],
  answer: unknown,
  now: number,
): void {
  const lease = args[0] as Lease;
  if (name === "acquire" && answer !== null) judge.granted(process, answer as Lease);
  if (name === "release") judge.released(lease);
  if (name === "intent")
    judge.journaled(
      lease,
      (args[1] as readonly number[]).map((n) => ({ n, end: null })),
    );
  if (name === "outcome") judge.journaled(lease, args[1] as readonly { n: number; end: EndState }[]);
  if (name === "move" && answer === true) judge.moved(process, args[0] as number, args[2] as PlanState);
  if (name === "requestStop" && !judge.stops.has(args[0] as number)) judge.stops.set(args[0] as number, now);
}
