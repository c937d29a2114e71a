import type { Clock } from "../core/clock.ts";
import { nowOf } from "../core/clock.ts";
import type { Safeguards } from "../core/config.ts";
import { AuditorError } from "../core/errors.ts";
import type { AudienceId, RunId, SegmentSource, SystemId } from "../core/model.ts";
import type { Context, Lease, Log, OpenChange, PlanStore, Sealer, Writer } from "../core/ports.ts";
import type { Change, EndState, PersonState, Plan } from "../core/repair.ts";
import type { Actor } from "./approve.ts";
import type { Tally } from "./breaker.ts";
import { vanished } from "./effect.ts";
import type { SealedBefore, SealedChange } from "./sealed.ts";
import type { Sleep, Watch } from "./watch.ts";

export type ApplyInput = {
  readonly planId: number;
  readonly store: PlanStore;
  readonly writers: ReadonlyMap<SystemId, Writer>;
  /** Where the audience's segment lives in that system. */
  readonly sources: (system: SystemId, audience: AudienceId) => SegmentSource;
  readonly sealer: Sealer;
  readonly safeguards: Safeguards;
  readonly clock: Clock;
  readonly log: Log;
  readonly runId: RunId;
  /** Aborted when the process goes down: the plan stays `applying` and is resumed. */
  readonly signal: AbortSignal;
  /** Name of this process for the lease. */
  readonly holder: string;
  readonly sleep: Sleep;
  /** Milliseconds of a clock that nobody sets, beside `clock`, to know when the lease is over. */
  readonly elapsedMs?: () => number;
  /** Called when the lease is ours: nobody else carries this plan out now. */
  readonly onHeld?: () => void;
  /** Everyone who can sign in: waiting replaces a second person only where there is none. Absent: there are others. */
  readonly people?: readonly Actor[];
  /** All guards once more, after the lease is taken and before the first write; why not, or null. */
  readonly recheck?: () => Promise<string | null>;
  /** Changes that go first for each operation and system; default 25. */
  readonly canary?: number;
  readonly onProgress?: (p: { readonly ended: number; readonly of: number; readonly tally: Tally }) => void;
  /** Called at every step; a test ends the process here. */
  readonly failpoint?: (name: Failpoint) => void;
};

export const FAILPOINTS = [
  "after_acquire",
  "after_move_applying",
  "after_in_doubt_read",
  "after_in_doubt_outcome",
  "after_preflight_read",
  "after_preflight_outcome",
  "before_intent",
  "after_intent",
  "after_vendor_call",
  "after_direct_outcome",
  "before_read_back",
  "after_read_back",
  "after_outcome",
  "after_round",
  "after_move_verifying",
  "after_verify_read",
  "before_done",
  "after_done",
] as const;
export type Failpoint = (typeof FAILPOINTS)[number];

/** One apply in this process: what it holds in memory between journal writes. */
export type Run = ApplyInput & {
  readonly plan: Plan;
  readonly lease: Lease;
  readonly watch: Watch;
  readonly opened: ReadonlyMap<number, SealedChange>;
  /** Last known state of each person, by `personAt`, and when it was read (milliseconds). */
  readonly states: Map<string, { readonly state: PersonState | null; readonly at: number }>;
  /** What was there before the first write to a change; it stays when the write is tried again. */
  readonly before: Map<number, SealedBefore>;
  /** Changes whose intent outlived a crash: a `noop` on the second try was our own first try. */
  readonly inDoubt: Set<number>;
  readonly tally: Record<EndState, number>;
  readonly found: { ghostAcks: number; loosened: number };
};

export type Ended = { readonly change: Change; readonly end: EndState; readonly because: string | null };

export const personAt = (c: Pick<Change, "system" | "person">): string => `${c.system} ${c.person}`;

export const contextOf = (run: ApplyInput, signal: AbortSignal): Context => ({
  signal,
  clock: run.clock,
  log: run.log,
  runId: run.runId,
});

/**
 * For the calls that write. Its signal is asked for right before each request of a call, and the lease with it: one call
 * may be a read and then a write, and a process that slept in between must not write.
 */
export const writeContextOf = (run: Run): Context => ({
  get signal() {
    return run.watch.call;
  },
  clock: run.clock,
  log: run.log,
  runId: run.runId,
});

export function writerOf(run: ApplyInput, system: SystemId): Writer {
  const writer = run.writers.get(system);
  if (writer !== undefined) return writer;
  throw new AuditorError(
    "config",
    `system ${system}`,
    "has no write access",
    "add a write credential to the configuration",
  );
}

export function openedOf(run: Run, change: Change): SealedChange {
  const open = run.opened.get(change.n);
  if (open !== undefined) return open;
  throw new AuditorError(
    "bad_data",
    `PL-${run.planId}`,
    `change ${change.n} was not opened`,
    "draft the plan again",
  );
}

export const openChange = (run: Run, change: Change): OpenChange => {
  const { identifiers, value } = openedOf(run, change);
  return { ...change, identifiers, value };
};

/** Commits end states and counts them. */
export async function commit(run: Run, ended: readonly Ended[]): Promise<void> {
  if (ended.length === 0) return;
  const rows = ended.map((e) => ({ n: e.change.n, end: e.end, because: e.because }));
  await run.store.outcome(run.lease, rows, nowOf(run.clock));
  for (const e of ended) run.tally[e.end] += 1;
  const done = Object.values(run.tally).reduce((a, b) => a + b, 0);
  run.onProgress?.({ ended: done, of: run.plan.doc.changes.length, tally: { ...run.tally } });
}

export const at = (run: ApplyInput, name: Failpoint): void => run.failpoint?.(name);

/** A record that is gone shows nothing, unless taking people off is what takes it away in that system. */
export const isVanished = (
  run: Run,
  change: Change,
  before: Pick<PersonState, "found"> | undefined,
  state: PersonState,
): boolean =>
  vanished(before, state) &&
  !(change.op === "remove" && writerOf(run, change.system).capabilities.leavesNoRecord === true);
