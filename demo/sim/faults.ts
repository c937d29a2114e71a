/**
 * What can go wrong with a vendor, scripted by tests.
 *
 * Before the request has any effect: `rate_limited`, `server_error`, `unavailable` (503), `html`, `redirect`,
 * `unauthorized`, `forbidden` (a scope is missing), `not_found`, `timeout_before`, `reset_before`, `slow` (then
 * answers). After its effect: `timeout_after`, `reset_after`, `reset_mid_body`, `bad_json`, `empty_body`,
 * `wrong_type` (JSON called text/html).
 * In lists: `page_lost` (that page answers 500 each time), `short_page` (rows missing, total unchanged),
 * `repeat_page` (the page before once more), `repeat_cursor` (next points at this page), `drift` (somebody leaves
 * between two pages), `duplicate_rows`, `wrong_total`, `empty_list`, `renamed_field` (`field` comes under another
 * name), `null_field`, `read_lag`.
 * In writes: `ghost_ack` acknowledges without doing, `partial` does all but the first item and says so,
 * `job_stuck` never ends, `job_failed` ends without effect.
 */
export const FAULT_KINDS = [
  "rate_limited",
  "server_error",
  "unavailable",
  "html",
  "redirect",
  "unauthorized",
  "forbidden",
  "not_found",
  "timeout_before",
  "reset_before",
  "slow",
  "timeout_after",
  "reset_after",
  "reset_mid_body",
  "bad_json",
  "empty_body",
  "wrong_type",
  "page_lost",
  "short_page",
  "repeat_page",
  "repeat_cursor",
  "drift",
  "duplicate_rows",
  "wrong_total",
  "empty_list",
  "renamed_field",
  "null_field",
  "read_lag",
  "ghost_ack",
  "partial",
  "job_stuck",
  "job_failed",
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export type Fault = {
  readonly kind: FaultKind;
  /** HTTP method; absent: any, except that list faults touch lists only and write faults writes only. */
  readonly method?: string;
  /** Start of the path, after the API's prefix where the vendor has one. */
  readonly path?: string;
  /** Number of the page, from 1, as the simulator reads it out of the query; null there: 1. */
  readonly page?: number;
  /** Matching requests that pass unharmed first; default 0. */
  readonly skip?: number;
  /** Requests to harm; null: until cleared. Default 1; without end for `page_lost`, `read_lag`, `renamed_field`. */
  readonly times?: number | null;
  /** `rate_limited` and `unavailable`: the Retry-After header; null or absent: none. */
  readonly retryAfter?: string | null;
  /** `html` and `server_error`: status, default 502 and 500. */
  readonly status?: number;
  /** `short_page`: rows to drop (default 10); `wrong_total`: what to add (default 7). */
  readonly rows?: number;
  /** `slow` and `read_lag`: milliseconds; default 1000. */
  readonly ms?: number;
  /** `renamed_field` and `null_field`: which. */
  readonly field?: string;
};

const LISTS: readonly FaultKind[] = [
  "page_lost",
  "short_page",
  "repeat_page",
  "repeat_cursor",
  "drift",
  "duplicate_rows",
  "wrong_total",
  "empty_list",
  "renamed_field",
  "null_field",
  "read_lag",
];
const WRITES: readonly FaultKind[] = ["ghost_ack", "partial", "job_stuck", "job_failed"];
const ENDLESS: readonly FaultKind[] = ["page_lost", "read_lag", "renamed_field", "null_field"];

/** A request as faults see it. */
export type Target = {
  readonly method: string;
  readonly path: string;
  readonly page: number | null;
  /** Does it list records? Some vendors list by POST. */
  readonly lists: boolean;
  /** Can it change anything? */
  readonly writes: boolean;
};

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

  take(r: Target): Fault | null {
    for (const waiting of this.#waiting) {
      const { fault } = waiting;
      if (waiting.left <= 0) continue;
      if (fault.method && fault.method !== r.method) continue;
      if (LISTS.includes(fault.kind) && !r.lists) continue;
      if (WRITES.includes(fault.kind) && !r.writes) continue;
      if (fault.path && !r.path.startsWith(fault.path)) continue;
      if (fault.page !== undefined && fault.page !== (r.page ?? 1)) continue;
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
