/**
 * What can go wrong with a vendor, scripted by tests.
 *
 * Before the request has any effect: `rate_limited`, `server_error`, `unavailable` (503), `html`, `redirect`,
 * `unauthorized`, `forbidden` (a scope is missing), `not_found`, `too_large` (413), `precondition` (412), `error_body`
 * (200 with an error in it), `timeout_before`, `reset_before`, `refuse` (no connection at all for a while), `slow` (then
 * answers). After its effect: `timeout_after`, `reset_after`, `reset_mid_body`, `bad_json`, `empty_body`,
 * `wrong_type` (JSON called text/html), `error_body_after`, `truncated_gzip`, `slow_drip` (the answer comes byte by
 * byte), `oversized` (the answer is padded). Later than the answer: `late` (no answer, and the effect a while after).
 * `double`: the request is delivered twice, and the second is answered.
 * In lists: `page_lost` (that page answers 500 each time), `short_page` (rows missing, total unchanged),
 * `repeat_page` (the page before once more), `repeat_cursor` (next points at this page), `drift` (somebody leaves
 * between two pages), `skip_page` (one page is left out), `reorder_page` (rows backwards), `expired_cursor` (pages after
 * the first are refused), `duplicate_rows`, `wrong_total`, `empty_list`, `renamed_field` (`field` comes under another
 * name), `null_field`, `read_lag`.
 * In writes: `ghost_ack` acknowledges without doing, `partial` does all but the first item, `item_refused` refuses the
 * call because of its `rows`-th item, `job_stuck` never ends, `job_failed` ends without effect, `job_lost` does its work
 * and is then not known (404).
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
  "too_large",
  "precondition",
  "error_body",
  "refuse",
  "timeout_before",
  "reset_before",
  "slow",
  "timeout_after",
  "reset_after",
  "reset_mid_body",
  "bad_json",
  "empty_body",
  "wrong_type",
  "error_body_after",
  "truncated_gzip",
  "slow_drip",
  "oversized",
  "late",
  "double",
  "page_lost",
  "short_page",
  "skip_page",
  "reorder_page",
  "expired_cursor",
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
  "item_refused",
  "job_stuck",
  "job_failed",
  "job_lost",
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
  /** As long as fewer requests that write were answered since it was added, it harms nobody; default 0. */
  readonly afterWrites?: number;
  /** Only requests that read, or only those that write; absent: both. */
  readonly on?: "reads" | "writes";
  /** Requests to harm; null: until cleared. Default 1; without end for `page_lost`, `read_lag`, `renamed_field`. */
  readonly times?: number | null;
  /** `rate_limited` and `unavailable`: the Retry-After header; null or absent: none. */
  readonly retryAfter?: string | null;
  /** `html` and `server_error`: status, default 502 and 500. */
  readonly status?: number;
  /** `short_page`: rows to drop (default 10); `wrong_total`: what to add (default 7); `item_refused`: which, from 0. */
  readonly rows?: number;
  /** `slow`, `slow_drip`, `late`, `refuse` and `read_lag`: milliseconds; default 1000. */
  readonly ms?: number;
  /** `renamed_field` and `null_field`: which. */
  readonly field?: string;
};

const LISTS: readonly FaultKind[] = [
  "page_lost",
  "short_page",
  "skip_page",
  "reorder_page",
  "expired_cursor",
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
const WRITES: readonly FaultKind[] = [
  "ghost_ack",
  "partial",
  "item_refused",
  "job_stuck",
  "job_failed",
  "job_lost",
  "late",
  "double",
];
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
  #waiting: { fault: Fault; skip: number; left: number; afterWrites: number }[] = [];

  add(...faults: readonly Fault[]): void {
    for (const fault of faults) {
      if (!FAULT_KINDS.includes(fault.kind)) {
        throw new TypeError(
          `faults: ${String(fault.kind)} is not a fault → use one of ${FAULT_KINDS.join(", ")}`,
        );
      }
      const times = fault.times === undefined ? (ENDLESS.includes(fault.kind) ? null : 1) : fault.times;
      this.#waiting.push({
        fault,
        skip: fault.skip ?? 0,
        left: times ?? Number.POSITIVE_INFINITY,
        afterWrites: fault.afterWrites ?? 0,
      });
    }
  }

  /** A request that writes was answered, or would have been. */
  wrote(): void {
    for (const waiting of this.#waiting) waiting.afterWrites -= 1;
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
      if (waiting.afterWrites > 0) continue;
      if (fault.method && fault.method !== r.method) continue;
      if (fault.on !== undefined && (fault.on === "writes") !== r.writes) continue;
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
