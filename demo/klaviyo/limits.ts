import { throttled } from "./api-error.ts";

/** Requests in a second, in a minute and, where there is one, in a day: three fixed windows that all count. */
export type Limit = { readonly burst: number; readonly steady: number; readonly daily?: number };

/** Klaviyo's sizes: https://developers.klaviyo.com/en/docs/rate_limits_and_error_handling, and per operation in the API description 2026-07-15. */
export const XS: Limit = { burst: 1, steady: 15 };
export const S: Limit = { burst: 3, steady: 60 };
export const M: Limit = { burst: 10, steady: 150 };
export const L: Limit = { burst: 75, steady: 750 };
export const REPORT: Limit = { burst: 1, steady: 2, daily: 225 };

const SECOND = 1_000;
const MINUTE = 60_000;
const DAY = 86_400_000;

type Window = { readonly ms: number; readonly limit: number; start: number; used: number };

/** Counts requests per operation on the injected clock and refuses what is over. A refused request counts for nothing. */
export class RateLimits {
  readonly #windows = new Map<string, Window[]>();
  enabled = true;

  /** Headers of an allowed request; throws 429 with Retry-After (whole seconds) for one too many. */
  take(operation: string, limit: Limit, nowMs: number): Readonly<Record<string, string>> {
    const windows = this.#of(operation, limit, nowMs);
    const full = windows.filter((w) => w.used >= w.limit);
    if (this.enabled && full.length > 0) {
      const wait = Math.max(...full.map((w) => w.start + w.ms - nowMs));
      throw throttled(Math.max(1, Math.ceil(wait / SECOND)));
    }
    for (const w of windows) w.used += 1;
    const steady = windows[1];
    if (!steady) return {};
    return {
      "ratelimit-limit": `${limit.steady}, ${limit.burst};w=1, ${limit.steady};w=60`,
      "ratelimit-remaining": String(Math.max(0, steady.limit - steady.used)),
      "ratelimit-reset": String(Math.ceil((steady.start + steady.ms - nowMs) / SECOND)),
    };
  }

  #of(operation: string, limit: Limit, nowMs: number): readonly Window[] {
    const known = this.#windows.get(operation);
    const windows = known ?? [
      { ms: SECOND, limit: limit.burst, start: 0, used: 0 },
      { ms: MINUTE, limit: limit.steady, start: 0, used: 0 },
      ...(limit.daily === undefined ? [] : [{ ms: DAY, limit: limit.daily, start: 0, used: 0 }]),
    ];
    if (!known) this.#windows.set(operation, windows);
    for (const w of windows) {
      const start = nowMs - (nowMs % w.ms);
      if (start === w.start) continue;
      w.start = start;
      w.used = 0;
    }
    return windows;
  }
}
