import type { FieldAgreement, SystemDifference } from "../core/comparison.ts";
import type { Panel, Seat } from "./compare-panel.ts";
import { MAILABLE_KNOWN, STATE_BITS } from "./consent-byte.ts";
import {
  CONSENT_CONFLICT,
  EXPECTED,
  EXTRA,
  FLIPPING,
  MAILABLE_OPTED_OUT,
  MATCHED,
  MISSING,
  OPTED_OUT_ELSEWHERE,
  OVER_SUPPRESSED,
  PRESENT,
  SETTLED,
} from "./judge.ts";

/** Counts of people of one system, by what the judge says of them. */
export type Tally = {
  size: number;
  expected: number;
  missing: number;
  extra: number;
  settledMissing: number;
  settledExtra: number;
  mailableOptedOut: number;
  consentConflict: number;
  matched: number;
  matchedDue: number;
  flipping: number;
  oldestPending: number;
  elsewhere: number;
  over: number;
  /** Does any record here say whether it can be mailed; does any say its consent? */
  mailKnown: boolean;
  consentKnown: boolean;
};

export const emptyTally = (): Tally => ({
  size: 0,
  expected: 0,
  missing: 0,
  extra: 0,
  settledMissing: 0,
  settledExtra: 0,
  mailableOptedOut: 0,
  consentConflict: 0,
  matched: 0,
  matchedDue: 0,
  flipping: 0,
  oldestPending: 0,
  elsewhere: 0,
  over: 0,
  mailKnown: false,
  consentKnown: false,
});

/** @param f flags of the people; @param weight so many who look like this */
export function count(t: Tally, f: number, consent: number, weight: number): void {
  if (f & PRESENT) t.size += weight;
  if (f & EXPECTED) t.expected += weight;
  if (f & MISSING) t.missing += weight;
  if (f & EXTRA) t.extra += weight;
  if (f & SETTLED && f & MISSING) t.settledMissing += weight;
  if (f & SETTLED && f & EXTRA) t.settledExtra += weight;
  if (f & MATCHED) t.matched += weight;
  if (f & MATCHED && f & EXPECTED && (f & (MISSING | SETTLED)) !== MISSING) t.matchedDue += weight;
  if (f & MAILABLE_OPTED_OUT) t.mailableOptedOut += weight;
  if (f & CONSENT_CONFLICT) t.consentConflict += weight;
  if (f & FLIPPING) t.flipping += weight;
  if (f & OPTED_OUT_ELSEWHERE) t.elsewhere += weight;
  if (f & OVER_SUPPRESSED) t.over += weight;
  if (consent & MAILABLE_KNOWN) t.mailKnown = true;
  if (consent & STATE_BITS) t.consentKnown = true;
}

/** What the counts of seat `s` say; null where they cannot tell. */
export function difference(
  panel: Panel,
  s: number,
  tallies: readonly Tally[],
  attributes: Record<string, FieldAgreement>,
): SystemDifference {
  const t = tallies[s] as Tally;
  const seat = panel.seats[s] as Seat;
  const blind = panel.suppression && seat.base < 0 && s !== panel.owner;
  const mailTold = t.mailKnown || t.size === 0;
  // Without the base, people outside the list are not seen: a leak that is seen counts, but none is no proof.
  const leakTold = panel.suppression && seat.base < 0 ? t.mailableOptedOut > 0 : mailTold;
  const othersTold = tallies.some((other, o) => o !== s && other.consentKnown);
  return {
    size: t.size,
    expected: blind ? null : t.expected,
    missing: blind ? null : t.missing,
    extra: t.extra,
    settledMissing: blind ? null : t.settledMissing,
    settledExtra: t.settledExtra,
    mailableOptedOut: leakTold ? t.mailableOptedOut : null,
    consentConflict: mailTold && othersTold ? t.consentConflict : null,
    matched: seat.base < 0 ? null : t.matched,
    matchedDue: seat.base < 0 ? null : t.matchedDue,
    attributes,
    flipping: t.flipping,
    oldestPendingReads: blind || s === panel.owner ? null : t.oldestPending,
  };
}
