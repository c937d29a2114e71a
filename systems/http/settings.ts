import type { Clock } from "../../core/clock.ts";
import { AuditorError } from "../../core/errors.ts";
import type { Gate } from "./gate.ts";
import type { HostGuard } from "./host-guard.ts";

/** Resolves after `ms`, or at once when `signal` aborts. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

/** One answer as it came. `path` without query; times in milliseconds. */
export type Seen = {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly headers: Headers;
  readonly durationMs: number;
};

/** What every request of one client shares. Times in milliseconds, sizes in bytes. */
export type HttpSettings = {
  /** Id of the system, the first word of every error. */
  readonly where: string;
  /** Origin and path prefix, without query. TLS unless it is loopback. */
  readonly baseUrl: string;
  /**
   * Made for every request, at the given time (the server’s, once a refusal has shown that the clocks differ). May
   * fetch a token first; `signal` ends that too.
   */
  headers(
    nowMs: number,
    signal: AbortSignal,
  ): Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
  /** Paths (after the base) of POSTs that only read, since the vendor lists or searches by POST. Default: none. */
  readonly readPosts?: readonly RegExp[];
  /** Paths of DELETEs that take a membership away and never a record. Default: none. */
  readonly membershipDeletes?: readonly RegExp[];
  /** Paces the requests of all clients of one system. Default: none. */
  readonly gate?: Gate;
  /** Refuses addresses that the base must not lead to; see host-guard.ts. */
  readonly guard?: HostGuard;
  /** Told of every answer: for `connect test` and for what a vendor says in headers. */
  readonly observe?: (seen: Seen) => void;
  readonly clock: Clock;
  /** What a person should do when the credential is refused. */
  readonly authFix: string;
  /** 0 ≤ x < 1, for the jitter. */
  readonly random: () => number;
  readonly sleep: Sleep;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** Attempts of a read, the first included. A write is never tried twice. */
  readonly attempts: number;
  /** Longest single wait, whatever Retry-After says. */
  readonly maxWaitMs: number;
};

export const HTTP_DEFAULTS = {
  timeoutMs: 30_000,
  maxBytes: 32 * 1024 * 1024,
  attempts: 5,
  maxWaitMs: 60_000,
} as const;

export const sleepFor: Sleep = (ms, signal) =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i;

export const isLoopback = (hostname: string): boolean => LOOPBACK.test(hostname);

/**
 * The base address as a URL, or why it cannot be used.
 *
 * @throws AuditorError config: not a URL, credentials or a query in it, or no TLS outside loopback
 */
export function checkedBase(where: string, baseUrl: string): URL {
  if (!URL.canParse(baseUrl)) {
    throw new AuditorError("config", where, "the url is not an address", "write it as https://host");
  }
  const url = new URL(baseUrl);
  if (url.username || url.password) {
    throw new AuditorError(
      "config",
      where,
      "the url holds a user or password",
      "keep only the address, and the key as ${env:X}",
    );
  }
  if (url.search || url.hash) {
    throw new AuditorError("config", where, "the url holds a query or fragment", "keep only the address");
  }
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname))) {
    throw new AuditorError(
      "config",
      where,
      `${url.protocol}//${url.host} is not encrypted`,
      "use https (http is for loopback only)",
    );
  }
  return url;
}
