import { isKind } from "../../core/errors.ts";
import type { Log } from "../../core/ports.ts";
import { errorText } from "../log.ts";

export type ResumeInput = {
  /** Plans that are half carried out and whose lease is free. */
  readonly abandoned: () => Promise<readonly number[]>;
  /** Goes on with one; refused when another process was faster. */
  readonly goOn: (planId: number) => Promise<unknown>;
  readonly leaseSeconds: number;
  readonly log: Log;
  readonly now: () => number;
  /** Resolves after `ms`; may reject when the signal is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
};

/** What fails for itself (a missing credential) is not tried again at each look. */
const PAUSE_MS = 60_000;

/**
 * Takes up every plan that a dead process left, this one's predecessor or another replica, as soon as its lease has run
 * out; until the signal. One small query each fifth of a lease, so that nobody waits for two leases.
 */
export async function keepResuming(o: ResumeInput): Promise<void> {
  const running = new Set<number>();
  const notBefore = new Map<number, number>();
  const goOn = async (id: number): Promise<void> => {
    try {
      o.log.info("plan.resumed", { plan: id });
      await o.goOn(id);
    } catch (error) {
      o.log.warn("apply.failed", { plan: id, error: errorText(error) });
      // another one was faster, or the database was away: nothing that waiting helps against
      const passing = isKind(error, "stale", "refused", "transient", "ambiguous");
      // a system that asked to be left alone for long is left alone so long
      const asked = isKind(error, "rate_limited") ? (error.retryAfterMs ?? 0) : 0;
      if (!passing) notBefore.set(id, o.now() + Math.max(PAUSE_MS, asked));
    } finally {
      running.delete(id);
    }
  };
  while (!o.signal.aborted) {
    try {
      for (const id of await o.abandoned()) {
        if (running.has(id) || o.now() < (notBefore.get(id) ?? 0)) continue;
        running.add(id);
        void goOn(id);
      }
    } catch (error) {
      o.log.warn("resume.paused", { error: errorText(error) }); // the database is away; the next look finds the same
    }
    try {
      await o.sleep((o.leaseSeconds * 1_000) / 5, o.signal);
    } catch (error) {
      if (!o.signal.aborted) throw error;
    }
  }
}
