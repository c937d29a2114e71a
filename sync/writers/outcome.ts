import { AuditorError } from "../../core/errors.ts";
import type { WriteOutcome } from "../../core/repair.ts";

const outcome = (status: WriteOutcome["status"], because: string | null, consent = false): WriteOutcome => ({
  status,
  because,
  consent,
});

/** It took effect, and the system showed it. */
export const applied: WriteOutcome = outcome("applied", null);
export const noop = (because: string): WriteOutcome => outcome("noop", because);
/** The system said yes; only reading back can tell. */
export const accepted = (because: string): WriteOutcome => outcome("accepted", because);
export const refused = (because: string): WriteOutcome => outcome("refused", because);
/** Refused because it could let someone be contacted. */
export const refusedForConsent = (because: string): WriteOutcome => outcome("refused", because, true);
/** Surely had no effect; may be tried again. */
export const retry = (because: string): WriteOutcome => outcome("retry", because);
/** Not sent, since an earlier one could not be: it would only hammer a system that refuses or is away. */
export const WAITS: WriteOutcome = retry("not sent: an earlier change of this batch has to wait");
export const failed = (because: string): WriteOutcome => outcome("failed", because);
/** May or may not have had an effect: read back, never send again blindly. */
export const unknown = (because: string): WriteOutcome => outcome("unknown", because);

/**
 * Outcome of a change for which nothing was sent, since something before it failed with `e`.
 *
 * @throws what is no AuditorError
 */
export function notSent(e: unknown): WriteOutcome {
  if (!(e instanceof AuditorError)) throw e;
  // one answer that is none (a proxy's page, half a body) is no reason to give a change up that was never sent
  const mayPass = MAY_PASS.includes(e.kind) || e.kind === "bad_data";
  return mayPass ? retryWhen(e, `not sent: ${e.message}`) : failed(e.message);
}

/** Outcome of a call that surely had no effect, as its error tells. */
export const noEffect = (e: AuditorError): WriteOutcome =>
  MAY_PASS.includes(e.kind) ? retryWhen(e, e.message) : failed(e.message);

const MAY_PASS: readonly string[] = ["transient", "rate_limited", "interrupted"];

/** Whoever tries again must know for how long the system asked to be left alone. */
const retryWhen = (e: AuditorError, because: string): WriteOutcome => ({
  ...retry(because),
  retryAfterMs: e.retryAfterMs,
});

/**
 * May a failed reading be told as "cannot be told now", person by person? A refusal for load may not: the caller has to
 * wait as long as the system asked. Nor may a wrong key or configuration, which concerns everybody.
 */
export const isHiccup = (e: unknown): e is AuditorError =>
  e instanceof AuditorError && (e.kind === "transient" || e.kind === "bad_data");
