import type { Sleep } from "./settings.ts";

/** At most `requests` in any `windowMs`, for the requests that `match` chooses (path after the host; absent: all). */
export type RateRule = {
  readonly requests: number;
  readonly windowMs: number;
  readonly match?: (method: string, path: string) => boolean;
};

/** A vendor's limits, whole, and how many requests it takes at once. */
export type Limits = { readonly rules: readonly RateRule[]; readonly concurrency: number };

export type GateSettings = Limits & {
  /** Part of each limit that is ours: campaigns and other tools live from the same one. */
  readonly share: number;
  /** Milliseconds that pass, from anywhere; not the time of day, which tests and the demo set. */
  readonly elapsedMs: () => number;
  readonly sleep: Sleep;
  /** Milliseconds to keep quiet because a send is near; 0: none is. */
  readonly quietMs: () => number;
};

/** Paces all requests to one system, whichever client makes them. */
export type Gate = {
  /** Waits for a turn and answers how to give it back. Returns early when `signal` aborts. */
  enter(method: string, path: string, signal: AbortSignal): Promise<() => void>;
  /** Nobody enters for this long, at most a day: the system asked for it (Retry-After). */
  pause(ms: number): void;
  /** What is left of a pause, in milliseconds. */
  pausedMs(): number;
};

const DAY_MS = 86_400_000;

export function makeGate(s: GateSettings): Gate {
  const sent = s.rules.map((): number[] => []);
  let closedUntil = 0;
  let inside = 0;
  const leave = () => {
    inside -= 1;
  };
  /** Milliseconds until this request may go; 0: now, and it is counted. */
  const turn = (method: string, path: string): number => {
    const now = s.elapsedMs();
    const closed = Math.max(closedUntil - now, s.quietMs());
    if (closed > 0) return closed;
    if (inside >= s.concurrency) return 5;
    let wait = 0;
    const mine = s.rules
      .map((rule, i) => ({ rule, times: sent[i] ?? [] }))
      .filter(({ rule }) => rule.match?.(method, path) ?? true);
    for (const { rule, times } of mine) {
      while (times[0] !== undefined && times[0] <= now - rule.windowMs) times.shift();
      const allowed = Math.max(1, Math.floor(rule.requests * s.share));
      const oldest = times[times.length - allowed];
      if (oldest !== undefined) wait = Math.max(wait, oldest + rule.windowMs - now);
    }
    if (wait > 0) return Math.ceil(wait);
    for (const { times } of mine) times.push(now);
    inside += 1;
    return 0;
  };
  return {
    async enter(method, path, signal) {
      for (;;) {
        if (signal.aborted) return () => undefined;
        const wait = turn(method, path);
        if (wait === 0) return leave;
        await s.sleep(wait, signal);
      }
    },
    pause(ms) {
      closedUntil = Math.max(closedUntil, s.elapsedMs() + Math.min(ms, DAY_MS));
    },
    pausedMs: () => Math.max(0, closedUntil - s.elapsedMs()),
  };
}
