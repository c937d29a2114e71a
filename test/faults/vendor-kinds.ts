/** What can go wrong with a vendor, as the tests of both paths know it. */
import type { Fault } from "../../demo/sim/faults.ts";
import { scaled } from "./vendor-run.ts";

export type SystemName = "Ghost" | "Klaviyo";

export type Kind = {
  readonly name: string;
  /** What the simulator does wrong, without its place and number. `now`: milliseconds. */
  fault(now: number): Fault;
  /** Harmful to: any request, requests that read, those that write, or lists only. */
  readonly on: "any" | "reads" | "writes" | "lists";
  readonly systems: readonly SystemName[];
  /** Happens once, or a few times in a row: does the plan come through with every change applied? */
  readonly heals: boolean;
  /** It may take effect after it was given up, so the journal may have the outcome first. */
  readonly late?: true;
  /** People are missing from a list that looks whole: whoever is to be removed may seem to be gone. Nobody can tell; the next complete read does. */
  readonly hides?: true;
  /** Paths that it needs (Klaviyo's jobs). */
  readonly path?: string;
  /** Each costs a whole timeout, so a handful stands for "until it is healed". */
  readonly slow?: true;
};

const BOTH: readonly SystemName[] = ["Ghost", "Klaviyo"];
const KLAVIYO: readonly SystemName[] = ["Klaviyo"];
const JOBS = "/profile-suppression-bulk-create-jobs";

const any = (name: string, fault: Kind["fault"], heals: boolean, more: Partial<Kind> = {}): Kind => ({
  name,
  fault,
  on: "any",
  systems: BOTH,
  heals,
  ...more,
});
const limited =
  (retryAfter: string | null): Kind["fault"] =>
  () => ({ kind: "rate_limited", retryAfter });
const httpDate = (ms: number): string => new Date(ms).toUTCString();

export const KINDS: readonly Kind[] = [
  any("429 with Retry-After", limited("3"), true),
  any("429 without Retry-After", limited(null), true),
  any("429, Retry-After negative", limited("-5"), true),
  any("429, Retry-After 10^9 s", limited("1000000000"), false),
  any(
    "429, Retry-After a date",
    (now) => ({ kind: "rate_limited", retryAfter: httpDate(now + 20_000) }),
    true,
  ),
  any("429, Retry-After a date long past", limited("Wed, 21 Oct 2015 07:28:00 GMT"), true),
  any("429, Retry-After garbage", limited("soon 7"), true),
  any("500", () => ({ kind: "server_error" }), true),
  any("503 with Retry-After", () => ({ kind: "unavailable", retryAfter: "2" }), true),
  any("HTML 502", () => ({ kind: "html" }), true),
  any("HTML 200", () => ({ kind: "html", status: 200 }), true),
  any("timeout before the effect", () => ({ kind: "timeout_before" }), true, { slow: true }),
  any("timeout after the effect", () => ({ kind: "timeout_after" }), true, { slow: true }),
  any("timeout, effect later", () => ({ kind: "late", ms: 500 }), true, {
    on: "writes",
    late: true,
    slow: true,
  }),
  any("reset before the effect", () => ({ kind: "reset_before" }), true),
  any("reset after the effect", () => ({ kind: "reset_after" }), true),
  any("reset in the middle of the body", () => ({ kind: "reset_mid_body" }), true),
  any("connection refused", () => ({ kind: "refuse", ms: 60 }), true),
  any("200 with an error body, no effect", () => ({ kind: "error_body" }), false),
  any("200 with an error body, after the effect", () => ({ kind: "error_body_after" }), true),
  any("truncated gzip", () => ({ kind: "truncated_gzip" }), true),
  any("slow drip", () => ({ kind: "slow_drip", ms: 1_000 }), true, { slow: true }),
  any("partial JSON", () => ({ kind: "bad_json" }), true),
  any("empty body", () => ({ kind: "empty_body" }), true),
  any("wrong content type", () => ({ kind: "wrong_type" }), true),
  any("oversized answer", () => ({ kind: "oversized" }), true),
  any("redirect", () => ({ kind: "redirect" }), false),
  any("401 mid-run", () => ({ kind: "unauthorized" }), false),
  any("403 mid-run", () => ({ kind: "forbidden" }), false),
  any("404 of what is there", () => ({ kind: "not_found" }), false),
  any("412, stale version", () => ({ kind: "precondition" }), false),
  any("413, too large", () => ({ kind: "too_large" }), false),
  any("double delivery", () => ({ kind: "double" }), true, { on: "writes" }),
  any("acknowledged, nothing done", () => ({ kind: "ghost_ack" }), false, { on: "writes" }),
  any("read lag 60 s", () => ({ kind: "read_lag", ms: scaled(60_000), times: null }), true, { on: "lists" }),
  any("silent zero rows", () => ({ kind: "empty_list" }), false, { on: "lists" }),
  any("missing rows, total unchanged", () => ({ kind: "short_page", rows: 3 }), false, {
    on: "lists",
    hides: true,
  }),
  any("missing page", () => ({ kind: "skip_page" }), false, { on: "lists" }),
  any("page repeated", () => ({ kind: "repeat_page" }), true, { on: "lists" }),
  any("page reordered", () => ({ kind: "reorder_page" }), true, { on: "lists" }),
  any("cursor expired", () => ({ kind: "expired_cursor" }), false, { on: "lists" }),
  any("cursor repeated", () => ({ kind: "repeat_cursor" }), true, { on: "lists", systems: KLAVIYO }),
  any("list changed while paging", () => ({ kind: "drift" }), false, { on: "lists" }),
  any("rows twice", () => ({ kind: "duplicate_rows" }), true, { on: "lists" }),
  any("wrong total", () => ({ kind: "wrong_total" }), true, { on: "lists" }),
  any("field renamed", () => ({ kind: "renamed_field", field: "email", times: 1 }), false, { on: "lists" }),
  any("per-item failure in a batch", () => ({ kind: "partial" }), false, { on: "writes", systems: KLAVIYO }),
  any("per-item refusal in a batch", () => ({ kind: "item_refused", rows: 2 }), false, {
    on: "writes",
    systems: KLAVIYO,
  }),
  any("accepted, then failed job", () => ({ kind: "job_failed" }), false, {
    on: "writes",
    systems: KLAVIYO,
    path: JOBS,
  }),
  any("accepted, then lost job", () => ({ kind: "job_lost" }), true, {
    on: "writes",
    systems: KLAVIYO,
    path: JOBS,
  }),
  any("job that never ends", () => ({ kind: "job_stuck" }), false, {
    on: "writes",
    systems: KLAVIYO,
    path: JOBS,
  }),
];

/** Where in an apply it strikes. */
export const MOMENTS = ["first call", "mid-run", "read-back"] as const;
export type Moment = (typeof MOMENTS)[number];

/** Can this kind strike at that moment? */
export const strikes = (k: Kind, m: Moment): boolean => m !== "read-back" || k.on !== "writes";

/** @param times how often; null: until it is healed */
export function faultAt(k: Kind, m: Moment, times: number | null, now: number): Fault {
  const place = {
    "first call": k.on === "writes" ? { on: "writes" as const } : {},
    "mid-run": {
      on: k.on === "any" || k.on === "writes" ? ("writes" as const) : ("reads" as const),
      skip: 2,
    },
    "read-back": { on: "reads" as const, afterWrites: 1, skip: 1 },
  }[m];
  const fault = k.fault(now);
  const endless = fault.times === null;
  return {
    ...fault,
    ...place,
    ...(k.path === undefined ? {} : { path: k.path, skip: 0 }),
    times: endless ? null : times === null && k.slow === true ? 4 : times,
  };
}
