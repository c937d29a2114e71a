import { nowOf } from "../core/clock.ts";
import { AuditorError, isKind } from "../core/errors.ts";
import { instant } from "../core/model.ts";
import type { Capabilities } from "../core/ports.ts";
import type { Run } from "./run.ts";
import { restText } from "./words.ts";

/** Longest that an apply waits for a system by itself; for more, the plan rests until a person or a restart goes on. */
export const LONGEST_WAIT_MS = 120_000;
/** Looks before a missing effect means anything, however fast the system says it is. */
export const FEWEST_LOOKS = 3;
const STEP_MS = 500;

/**
 * Milliseconds to wait before each look for an effect: the typical time first, each wait twice the one before, until
 * the longest time that the system may need has passed.
 *
 * @example looksOf({ typicalMs: 5_000, maxMs: 120_000 }) // [5000, 10000, 20000, 40000, 45000]
 */
export function looksOf({ typicalMs, maxMs }: Capabilities["settle"]): readonly number[] {
  const step = maxMs > typicalMs ? Math.max(typicalMs, STEP_MS) : typicalMs;
  const waits = [typicalMs];
  let passed = typicalMs;
  for (let n = 1; n < FEWEST_LOOKS || passed < maxMs; n += 1) {
    const next = step * 2 ** n;
    const wait = n < FEWEST_LOOKS ? next : Math.min(next, maxMs - passed);
    waits.push(wait);
    passed += wait;
  }
  return waits;
}

/** Asks this failure for more time than an apply waits by itself? Then how much, in milliseconds; else null. */
export const askedFor = (cause: unknown): number | null =>
  isKind(cause, "rate_limited", "transient") && (cause.retryAfterMs ?? 0) > LONGEST_WAIT_MS
    ? cause.retryAfterMs
    : null;

/**
 * Leaves the plan as it is, since a system asked to be left alone for long: what was sent without an answer stays in
 * doubt and is read back when the plan goes on.
 *
 * @throws AuditorError rate_limited, always; the plan says from when on it can go on
 */
export async function rest(run: Run, where: string, ms: number): Promise<never> {
  const until = instant(new Date(run.clock.now().getTime() + ms));
  const because = restText(where.split(":", 1)[0] ?? where, until);
  await run.store.move(run.planId, ["applying"], "applying", nowOf(run.clock), because, run.lease);
  run.log.warn("apply.rests", { planId: run.planId, seconds: Math.round(ms / 1000) });
  throw new AuditorError("rate_limited", `PL-${run.planId}`, because, "apply it again after that", {
    retryAfterMs: ms,
  });
}
