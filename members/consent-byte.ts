import type { ConsentState } from "../core/model.ts";

/** bits 0–2: state, 0 unknown, then from most to least restrictive; bit 3: mailable known, 4: mailable, 5: bounced, 6: a tracked attribute changed in this reading. */
const STATES: readonly ConsentState[] = [
  "unknown",
  "erased",
  "complained",
  "unsubscribed",
  "pending",
  "subscribed",
];

/** Names of the states 1, 2, …: from most to least restrictive, without "unknown". */
export const CONSENT_NAMES: readonly string[] = STATES.slice(1);

export const STATE_BITS = 7;
export const MAILABLE_KNOWN = 8;
export const MAILABLE = 16;
export const BOUNCED = 32;
export const CHANGED = 64;

export const consentByte = (state: ConsentState, mailable: boolean | null, bounced: boolean): number =>
  STATES.indexOf(state) |
  (mailable === null ? 0 : MAILABLE_KNOWN) |
  (mailable ? MAILABLE : 0) |
  (bounced ? BOUNCED : 0);

export const consentOf = (byte: number): ConsentState => STATES[byte & STATE_BITS] ?? "unknown";

/** null when the system did not say. */
export const mailableOf = (byte: number): boolean | null =>
  (byte & MAILABLE_KNOWN) === 0 ? null : (byte & MAILABLE) !== 0;

/** Unsubscribed, complained or erased. */
export const isOptOut = (byte: number): boolean => (byte & STATE_BITS) >= 1 && (byte & STATE_BITS) <= 3;

/** Is `a` a known state that is stricter than `b`? */
export const isStricter = (a: number, b: number): boolean =>
  (a & STATE_BITS) !== 0 && ((b & STATE_BITS) === 0 || (a & STATE_BITS) < (b & STATE_BITS));

/** Two records of one person: the strictest consent, and mailable if either record can be mailed. */
export const mergeConsent = (a: number, b: number): number =>
  ((isStricter(b, a) ? b : a) & STATE_BITS) | ((a | b) & (MAILABLE_KNOWN | MAILABLE | BOUNCED));
