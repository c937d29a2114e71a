/**
 * What can go wrong. Before the request has any effect: `rate_limited`, `server_error`, `html`, `unauthorized`,
 * `timeout_before`, `reset_before`, `slow` (then answers). After its effect: `timeout_after`, `reset_after`,
 * `reset_mid_body`, `bad_json`. In lists of members: `page_lost` (that page answers 500 each time), `short_page`
 * (rows missing, total unchanged), `repeat_page` (the page before once more), `wrong_total`, `empty_list`, `read_lag`.
 * `ghost_ack` acknowledges a write without carrying it out.
 */
export const FAULT_KINDS = [
  "rate_limited",
  "server_error",
  "html",
  "unauthorized",
  "timeout_before",
  "reset_before",
  "slow",
  "timeout_after",
  "reset_after",
  "reset_mid_body",
  "bad_json",
  "page_lost",
  "short_page",
  "repeat_page",
  "wrong_total",
  "empty_list",
  "read_lag",
  "ghost_ack",
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export type Fault = {
  readonly kind: FaultKind;
  /** HTTP method; absent: any, except that list faults touch reads only and `ghost_ack` writes only. */
  readonly method?: string;
  /** Start of the path after `/ghost/api/admin`, for example `/members/`. */
  readonly path?: string;
  /** Value of the query's `page`. */
  readonly page?: number;
  /** Matching requests that pass unharmed first; default 0. */
  readonly skip?: number;
  /** Requests to harm; null: until cleared. Default 1; without end for `page_lost` and `read_lag`. */
  readonly times?: number | null;
  /** `rate_limited`: the Retry-After header; null or absent: none. */
  readonly retryAfter?: string | null;
  /** `html` and `server_error`: status, default 502 and 500. */
  readonly status?: number;
  /** `short_page`: rows to drop (default 10); `wrong_total`: what to add (default 7). */
  readonly rows?: number;
  /** `slow` and `read_lag`: milliseconds; default 1000. */
  readonly ms?: number;
};

const READS: readonly FaultKind[] = [
  "page_lost",
  "short_page",
  "repeat_page",
  "wrong_total",
  "empty_list",
  "read_lag",
];
const ENDLESS: readonly FaultKind[] = ["page_lost", "read_lag"];

/** Faults in the order in which they were added; the first that matches a request is used up by it. */
export class Faults {
  #waiting: { fault: Fault; skip: number; left: number }[] = [];

  add(...faults: readonly Fault[]): void {
    for (const fault of faults) {
      if (!FAULT_KINDS.includes(fault.kind)) {
        throw new TypeError(
          `faults: ${String(fault.kind)} is not a fault → use one of ${FAULT_KINDS.join(", ")}`,
        );
      }
      const times = fault.times === undefined ? (ENDLESS.includes(fault.kind) ? null : 1) : fault.times;
      this.#waiting.push({ fault, skip: fault.skip ?? 0, left: times ?? Number.POSITIVE_INFINITY });
    }
  }

  clear(): void {
    this.#waiting = [];
  }

  list(): readonly Fault[] {
    return this.#waiting.filter((w) => w.left > 0).map((w) => w.fault);
  }

  take(method: string, path: string, page: number | null): Fault | null {
    for (const waiting of this.#waiting) {
      const { fault } = waiting;
      if (waiting.left <= 0) continue;
      if (fault.method && fault.method !== method) continue;
      if (READS.includes(fault.kind) && (method !== "GET" || !path.startsWith("/members/"))) continue;
      if (fault.kind === "ghost_ack" && method === "GET") continue;
      if (fault.path && !path.startsWith(fault.path)) continue;
      if (fault.page !== undefined && fault.page !== (page ?? 1)) continue;
      if (waiting.skip > 0) {
        waiting.skip -= 1;
        continue;
      }
      waiting.left -= 1;
      return fault;
    }
    return null;
  }
}
