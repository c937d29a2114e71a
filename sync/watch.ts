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
  /** Milliseconds of a clock that nobody sets. */
  readonly elapsedMs?: () => number;
};

/** Three signals, because three things have to end at different moments. */
export type Watch = {
  /** No new vendor call: stop was requested, the lease is lost, or the process is going down. */
  readonly halt: AbortSignal;
  /**
   * For write calls: as `halt`, but a requested stop leaves the running call a few seconds to end. Asked whether it is
   * aborted, it looks at the time first: a process that slept past its lease sends nothing more when it wakes.
   */
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
  const moment = () => ({ wall: i.clock.now().getTime(), ran: i.elapsedMs?.() ?? 0 });
  let renewedAt = moment();
  /** The greater of two: one clock may be set back, the other one stands still while the machine sleeps. */
  const age = (): number => {
    const now = moment();
    return Math.max(now.wall - renewedAt.wall, now.ran - renewedAt.ran);
  };
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
    const before = moment();
    const held = await i.store.renew(i.lease, i.leaseSeconds);
    if (!held) lose();
    renewedAt = before;
  };
  const loop = async (): Promise<void> => {
    while (!over.aborted) {
      await pause(i.sleep, tick, over);
      if (over.aborted) return;
      try {
        if (age() >= leaseMs / 3) await renew();
        if (await i.store.stopRequested(i.lease.planId)) requestStop();
      } catch (cause) {
        // One failed query is no lost lease: the next tick asks again, until the lease may have run out.
        i.log.warn("apply.watch_failed", {
          planId: i.lease.planId,
          kind: cause instanceof AuditorError ? cause.kind : "unexpected",
        });
        if (age() >= (leaseMs * 2) / 3) lose();
      }
    }
  };
  /** A renewal that hangs must not keep the calls alive that need it. */
  const expire = async (): Promise<void> => {
    while (!over.aborted) {
      await pause(i.sleep, Math.max(leaseMs - age(), 0) + 1, over);
      if (!over.aborted && age() > leaseMs) lose();
    }
  };
  const running = Promise.all([loop(), expire()]);

  const look = (): void => {
    if (age() > leaseMs) lose();
  };
  const check = (): void => {
    look();
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
    call: looking(call.signal, look),
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

const abortedOf = Object.getOwnPropertyDescriptor(AbortSignal.prototype, "aborted")?.get;

/** The same signal; whoever asks `aborted` gets the answer of this moment, whatever timers have not fired yet. */
function looking(signal: AbortSignal, look: () => void): AbortSignal {
  return Object.defineProperty(signal, "aborted", {
    get(): boolean {
      look();
      return abortedOf?.call(signal) === true;
    },
  });
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
