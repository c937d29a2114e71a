import type { Clock } from "../core/clock.ts";
import { AuditorError } from "../core/errors.ts";
import type { Lease, Log, PlanStore } from "../core/ports.ts";

/** Resolves after `ms`, or at once when the signal is aborted (then it may also reject). */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

export type WatchInput = {
  readonly store: Pick<PlanStore, "renew" | "stopRequested">;
  readonly lease: Lease;
  readonly leaseSeconds: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly sleep: Sleep;
};

/** Three signals, because three things have to end at different moments. */
export type Watch = {
  /** No new vendor call: stop was requested, the lease is lost, or the process is going down. */
  readonly halt: AbortSignal;
  /** For write calls: as `halt`, but a requested stop leaves the running call a few seconds to end. */
  readonly call: AbortSignal;
  /**
   * For reading back: aborted when the lease is lost, the process is going down, or a requested stop was 20 s ago. What
   * nobody could see by then ends `unknown`.
   */
  readonly firm: AbortSignal;
  /** Asks the store once more whether to stop. Throws when the lease is lost or the process is going down. */
  poll(): Promise<"go" | "stop">;
  end(): Promise<void>;
};

const TICK_MS = 1_000;
/** A running call gets this long after a stop; with the tick before it, writing ends within 5 s. */
const GRACE_MS = 3_000;
/** Reading back gets this long after a stop, so that a system which hangs or asks to wait does not keep it from ending. */
const READ_GRACE_MS = 20_000;

/** Renews the lease in the background and notices stops. */
export function watch(i: WatchInput): Watch {
  const halt = new AbortController();
  const call = new AbortController();
  const firm = new AbortController();
  const ended = new AbortController();
  const gone = new AbortController();
  const over = AbortSignal.any([ended.signal, gone.signal]);
  const leaseMs = i.leaseSeconds * 1_000;
  const tick = Math.min(TICK_MS, leaseMs / 3);
  let renewedAt = i.clock.now().getTime();
  let slept = 0;
  let lost = false;
  let stopping = false;

  const abortAll = (): void => {
    for (const c of [halt, call, firm, gone]) c.abort();
  };
  const lose = (): void => {
    if (!lost) i.log.warn("apply.lease_lost", { planId: i.lease.planId });
    lost = true;
    abortAll();
  };
  const requestStop = (): void => {
    if (stopping) return;
    stopping = true;
    halt.abort();
    void pause(i.sleep, GRACE_MS, over).then(() => call.abort());
    void pause(i.sleep, READ_GRACE_MS, over).then(() => firm.abort());
  };
  i.signal.addEventListener("abort", abortAll, { once: true });
  if (i.signal.aborted) abortAll();

  const renew = async (): Promise<void> => {
    const before = i.clock.now().getTime();
    const held = await i.store.renew(i.lease, i.leaseSeconds);
    if (!held) lose();
    renewedAt = before;
    slept = 0;
  };
  const loop = async (): Promise<void> => {
    while (!over.aborted) {
      await pause(i.sleep, tick, over);
      if (over.aborted) return;
      slept += tick;
      try {
        if (slept >= leaseMs / 3) await renew();
        if (await i.store.stopRequested(i.lease.planId)) requestStop();
      } catch (cause) {
        // One failed query is no lost lease: the next tick asks again, until the lease may have run out.
        i.log.warn("apply.watch_failed", {
          planId: i.lease.planId,
          kind: cause instanceof AuditorError ? cause.kind : "unexpected",
        });
        if (slept >= (leaseMs * 2) / 3) lose();
      }
    }
  };
  const running = loop();

  const check = (): void => {
    if (i.clock.now().getTime() - renewedAt > leaseMs) lose();
    if (i.signal.aborted) {
      throw new AuditorError(
        "interrupted",
        `PL-${i.lease.planId}`,
        "the process is going down",
        "start it again: the plan goes on where it was",
      );
    }
    if (lost) {
      throw new AuditorError(
        "stale",
        `PL-${i.lease.planId}`,
        "its lease was lost",
        "nothing more is written here; the new holder goes on",
      );
    }
  };
  return {
    halt: halt.signal,
    call: call.signal,
    firm: firm.signal,
    async poll() {
      check();
      if (!stopping && (await i.store.stopRequested(i.lease.planId))) requestStop();
      check();
      return stopping ? "stop" : "go";
    },
    async end() {
      ended.abort();
      i.signal.removeEventListener("abort", abortAll);
      await running;
    },
  };
}

/** Sleeps; an aborted signal ends it early and is no error. */
export async function pause(sleep: Sleep, ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0 || signal.aborted) return;
  try {
    await sleep(ms, signal);
  } catch (cause) {
    if (!signal.aborted) throw cause;
  }
}
