import type { Traffic } from "../../core/ports.ts";
import type { Gate } from "./gate.ts";
import type { Seen } from "./settings.ts";

/** Counts the requests to one system, those that it turned away, and the time that it asked to be left alone. */
export type Meter = {
  /** The same gate; its pauses are counted. */
  readonly gate: Gate;
  readonly observe: (seen: Seen) => void;
  /** Since the meter was made. */
  traffic(): Traffic;
};

export function makeMeter(gate: Gate): Meter {
  let requests = 0;
  let throttled = 0;
  let waitedMs = 0;
  return {
    gate: {
      enter: (method, path, signal) => gate.enter(method, path, signal),
      pausedMs: () => gate.pausedMs(),
      pause(ms) {
        // several requests that are turned away at once ask for the same minute, which passes once
        const before = gate.pausedMs();
        gate.pause(ms);
        waitedMs += Math.max(0, gate.pausedMs() - before);
      },
    },
    observe({ status }) {
      requests += 1;
      if (status === 429) throttled += 1;
    },
    traffic: () => ({ requests, throttled, waitedMs: Math.round(waitedMs) }),
  };
}
